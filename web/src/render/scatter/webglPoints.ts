/** Points by WebGL 2. */

import type { Size } from "../geometry";
import type { Camera } from "./camera";
import {
  colourTable,
  drawingOrder,
  inOrder,
  LEVELS,
  levelsOfFlags,
  type PointLook,
  type PointRenderer,
  shapeTable,
} from "./points";

const VERTEX = `#version 300 es
layout(location = 0) in vec2 place;
layout(location = 1) in uint code;
layout(location = 2) in uint flags;
uniform vec2 middle;
uniform vec2 scale;
uniform float size;
uniform uint shownLevel;
uniform sampler2D colours;
uniform sampler2D shapes;
flat out vec3 colour;
flat out int shape;
flat out float side;
flat out int isMarked;
void main() {
  uint level = (flags & 2u) != 0u ? 3u : ((flags & 1u) != 0u ? shownLevel : 0u);
  isMarked = level == 3u ? 1 : 0;
  gl_Position = vec4((place - middle) * scale, 0.9 - 0.3 * float(level), 1.0);
  side = level == 0u ? max(1.0, size * 0.75) : (level == 3u ? size + 2.0 : size);
  gl_PointSize = side;
  colour = texelFetch(colours, ivec2(int(code), int(level)), 0).rgb;
  shape = int(texelFetch(shapes, ivec2(int(code), 0), 0).r * 255.0 + 0.5);
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
flat in vec3 colour;
flat in int shape;
flat in float side;
flat in int isMarked;
uniform vec3 ring;
out vec4 drawn;
float depth(vec2 p) {
  vec2 a = abs(p);
  if (shape == 1) return 0.85 - max(a.x, a.y);
  if (shape == 2) return (1.1 - a.x - a.y) * 0.7;
  if (shape == 3) return min(0.75 - p.y, ((p.y + 0.95) * 0.6 - a.x) * 0.86);
  if (shape == 4) return min(0.34 - min(a.x, a.y), 1.0 - max(a.x, a.y));
  return 1.0 - length(p);
}
void main() {
  vec3 shown = colour;
  if (side > 2.5) {
    float inside = depth(gl_PointCoord * 2.0 - 1.0) * side * 0.5;
    if (inside < 0.0) discard;
    if (isMarked == 1 && side > 4.0 && inside < 1.0) shown = ring;
  }
  drawn = vec4(shown, 1.0);
}`;

/** Make a renderer on a canvas; `null` where the browser has no WebGL 2. */
export function webglPoints(canvas: HTMLCanvasElement): PointRenderer | null {
  const gl = canvas.getContext("webgl2", { antialias: false, alpha: false, powerPreference: "low-power" });
  const program = gl && linked(gl);
  if (!gl || !program) return null;
  const buffers = [gl.createBuffer(), gl.createBuffer(), gl.createBuffer()] as const;
  const textures = [gl.createTexture(), gl.createTexture()] as const;
  const at = (name: string) => gl.getUniformLocation(program, name);
  const uniforms = {
    middle: at("middle"),
    scale: at("scale"),
    size: at("size"),
    shownLevel: at("shownLevel"),
    colours: at("colours"),
    shapes: at("shapes"),
    ring: at("ring"),
  };
  let order: Uint32Array = new Uint32Array(0);
  let look: PointLook | null = null;

  const fill = (place: 0 | 1 | 2, data: Float32Array | Uint8Array) => {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers[place]);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(place);
    if (place === 0) gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    else gl.vertexAttribIPointer(place, 1, gl.UNSIGNED_BYTE, 0, 0);
  };
  const texture = (place: 0 | 1, width: number, height: number, texels: Uint8Array) => {
    gl.activeTexture(gl.TEXTURE0 + place);
    gl.bindTexture(gl.TEXTURE_2D, textures[place]);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    const [inside, format] = place === 0 ? [gl.RGB8, gl.RGB] : [gl.R8, gl.RED];
    gl.texImage2D(gl.TEXTURE_2D, 0, inside, width, height, 0, format, gl.UNSIGNED_BYTE, texels);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  };

  return {
    setPoints: (xy) => {
      order = drawingOrder(xy);
      const places = new Float32Array(2 * order.length);
      for (let i = 0; i < order.length; i++) {
        const from = 2 * (order[i] as number);
        places[2 * i] = xy[from] as number;
        places[2 * i + 1] = xy[from + 1] as number;
      }
      fill(0, places);
    },
    setCodes: (codes) => fill(1, inOrder(codes, order)),
    setFlags: (flags) => fill(2, inOrder(flags, order)),
    setLook: (next) => {
      look = next;
      texture(0, 256, LEVELS, colourTable(next));
      texture(1, 256, 1, shapeTable(next));
    },
    draw: (camera: Camera, view: Size, pixelRatio: number, size: number, nDrawn: number) => {
      if (!look) return;
      const { page, ring, hasSelection } = look;
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(page[0] / 255, page[1] / 255, page[2] / 255, 1);
      gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
      gl.enable(gl.DEPTH_TEST);
      gl.depthFunc(gl.LESS);
      // biome-ignore lint/correctness/useHookAtTopLevel: a function of WebGL, no hook
      gl.useProgram(program);
      gl.uniform2f(uniforms.middle, camera.x, camera.y);
      gl.uniform2f(uniforms.scale, (2 * camera.scale) / view.width, (2 * camera.scale) / view.height);
      gl.uniform1f(uniforms.size, size * pixelRatio);
      gl.uniform1ui(uniforms.shownLevel, levelsOfFlags(hasSelection)[1] as number);
      gl.uniform3f(uniforms.ring, ring[0] / 255, ring[1] / 255, ring[2] / 255);
      gl.uniform1i(uniforms.colours, 0);
      gl.uniform1i(uniforms.shapes, 1);
      gl.drawArrays(gl.POINTS, 0, Math.min(nDrawn, order.length));
    },
    dispose: () => {
      for (const buffer of buffers) gl.deleteBuffer(buffer);
      for (const kept of textures) gl.deleteTexture(kept);
      gl.deleteProgram(program);
    },
  };
}

/** Whether the browser draws WebGL without a graphics card: the page does it faster itself. */
export function isSoftware(gl: WebGL2RenderingContext): boolean {
  const unmasked = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(unmasked ? unmasked.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

function linked(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}
