"""The charts of lorenzctl read back from their SVG."""
import re
import xml.etree.ElementTree as ElementTree

SVG = "{http://www.w3.org/2000/svg}"


class Picture:
    """An SVG read back: pixels to numbers by the texts of its own ticks."""

    def __init__(self, path):
        self.root = ElementTree.parse(path).getroot()
        self.x = self.scale("x-axis", "x")
        self.y = self.scale("y-axis", "y", -4.5)

    def texts(self, group):
        return self.root.findall(f"{SVG}g[@id='{group}']/{SVG}text")

    def scale(self, group, attribute, shift=0.0):
        ticks = [(float(text.get(attribute)) + shift, float(text.text)) for text in self.texts(group)]
        if len(ticks) < 2:
            return None
        (px0, value0), (px1, value1) = ticks[0], ticks[-1]
        return lambda px: value0 + (px - px0) * (value1 - value0) / (px1 - px0)

    def path(self, name):
        """The points of a series."""
        for path in self.root.iter(f"{SVG}path"):
            if path.findtext(f"{SVG}title") == name:
                return [(self.x(float(x)), self.y(float(y))) for x, y in re.findall(r"([-\d.]+) ([-\d.]+)", path.get("d"))]
        raise AssertionError(f"no series {name}")
