"""Read scenarios, metrics at several operating points, and confusions by every helper."""

from __future__ import annotations

from typing import Any

from real_client import al, answer, connected

POINTS = ((30, 50), (35, 55), (62.5, 75), (0, 10))


def queries(metrics: Any) -> dict[str, list[Any]]:
    """Return what every helper asks for, alone and together."""
    first, last = metrics.inference_classes_nobg[0], metrics.inference_classes_nobg[-1]
    alone = {
        "cell": metrics.make_cell_query(first, last),
        "correct": metrics.make_correct_query(),
        "confusions": metrics.make_confusions_query(),
        "false_positives": metrics.make_false_positives_query(),
        "false_negatives": metrics.make_false_negatives_query(),
        "confused_as": metrics.make_confused_as_query(first),
        "confused_from": metrics.make_confused_from_query(first),
    }
    together = {
        "everything": list(alone.values()),
        "row": [alone["confused_from"], alone["correct"], alone["false_negatives"]],
    }
    return {**{name: [query] for name, query in alone.items()}, **together}


def main() -> None:
    """Print all numbers."""
    client = connected()
    metrics = al.MetricsManager(client, "town")
    scenarios = metrics.list_scenarios("street")
    numbers = [
        {"set": name, "confidence": confidence, "iou": iou, "class": class_name, "rows": rows}
        for name in ("good", "bad")
        for confidence, iou in POINTS
        for class_name in (None, "car", "person")
        for rows in [
            metrics.get_metrics("street", name, confidence, iou, scenario_ids=None, metrics_class=class_name)
        ]
    ]
    orders = {name: getattr(metrics, name) for name in dir(metrics) if name.startswith("ORDER_")}
    options = {"confidence_threshold": 0.3, "iou_threshold": 0.5, "ordering": metrics.ORDER_CONF_DESC}
    answer(
        {
            "scenarios": scenarios,
            "classes": metrics.inference_classes,
            "numbers": numbers,
            "whole": metrics.get_metrics("street", "inferences_street_good", 30, 50),
            "named": metrics.get_metrics("street", "good", 30, 50, scenario_ids=[scenarios[0]["name"]]),
            "background": metrics.get_metrics("street", "good", 30, 50, metrics_class="background"),
            "cells": {
                name: [tuple(cell) for query in asked for cell in query]
                for name, asked in queries(metrics).items()
            },
            "confusions": {
                name: metrics.fetch_confusions("street", "good", {**options, "queries": asked})
                for name, asked in queries(metrics).items()
            },
            "orders": {
                name: metrics.fetch_confusions(
                    "street",
                    "good",
                    {
                        **options,
                        "queries": [metrics.make_correct_query()],
                        "ordering": order,
                        "max_results": 9,
                    },
                )["rows"]
                for name, order in orders.items()
            },
        }
    )


if __name__ == "__main__":
    main()
