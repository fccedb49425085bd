"""Affine maps of the plane, as pages of pdf and ofd place their objects."""

from typing import NamedTuple

from pipeline.ingest.places import Box


class Matrix(NamedTuple):
    """An affine map: x' = a·x + c·y + e, y' = b·x + d·y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def after(self, inner: "Matrix") -> "Matrix":
        """The composition that applies `inner` first, then this map."""
        (a, b), (c, d), (e, f) = (
            self._linear(inner.a, inner.b),
            self._linear(inner.c, inner.d),
            self.at(inner.e, inner.f),
        )
        return Matrix(a, b, c, d, e, f)

    def _linear(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y, self.b * x + self.d * y

    def box(self, box: Box) -> Box:
        """The upright box around a box that is mapped."""
        corners = [self.at(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return (min(xs), min(ys), max(xs), max(ys))
