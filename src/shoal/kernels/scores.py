"""From counts to precision, recall and F1, per class and averaged."""

from __future__ import annotations

import numpy as np

from shoal.kernels.objects import FloatArray

TP, PREDICTED, SUPPORT = 0, 1, 2


def precision_recall_f1(totals: FloatArray) -> FloatArray:
    """Return precision, recall and F1 of counts.

    Args:
        totals: shape (..., 3): true positives, predicted, support.

    Returns:
        float64, shape (..., 3), in [0, 1]; NaN where the denominator is 0: precision without predictions,
        recall without labels, F1 without both.  F1 is 2 TP / (predicted + support), which equals
        2PR / (P + R) and stays defined, as 0, where labels exist and nothing was found.
    """
    counts = np.asarray(totals, np.float64)
    tp, predicted, support = counts[..., TP], counts[..., PREDICTED], counts[..., SUPPORT]
    return np.stack(
        [_ratio(tp, predicted), _ratio(tp, support), _ratio(2 * tp, predicted + support)], axis=-1
    )


def averages(totals: FloatArray) -> FloatArray:
    """Return weighted, macro and micro averages of precision, recall and F1 over classes.

    A class's undefined score enters an average as 0, and macro is over all K classes, present or not.

    Args:
        totals: shape (..., K, 3): true positives, predicted, support of the classes in evaluation, without
            background and ignored classes.

    Returns:
        float64, shape (..., 3, 3): weighted (by support), macro, micro x precision, recall, F1, in [0, 1];
        NaN where no class has any support.

    Source: `sklearn.metrics.precision_recall_fscore_support(labels=C, zero_division=0)`.
    """
    counts = np.asarray(totals, np.float64)
    each = np.nan_to_num(precision_recall_f1(counts), nan=0.0)
    support = counts[..., SUPPORT]
    total = support.sum(axis=-1)
    weights = _ratio(support, total[..., None])
    weighted = (each * weights[..., None]).sum(axis=-2)
    macro = each.sum(axis=-2) / max(counts.shape[-2], 1)
    micro = np.nan_to_num(precision_recall_f1(counts.sum(axis=-2)), nan=0.0)
    result = np.stack([weighted, macro, micro], axis=-2)
    result[total == 0] = np.nan
    return result


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    shape = np.broadcast_shapes(part.shape, whole.shape)
    ratio: FloatArray = np.divide(part, whole, out=np.full(shape, np.nan), where=whole != 0)
    return ratio
