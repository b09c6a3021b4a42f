"""How many pictures a second the drawn twins come to, and what other ways of filling a shape would cost."""

from functools import partial

import numpy as np

from .measure import side_by_side

TITLE = "Drawing pictures"


def run():
    from cnnkit.datasets import drawn

    rows = []
    for name, draw, size in (
        ("cats and dogs 150×150", drawn.cats_vs_dogs, (150, 150)),
        ("land from above 128×128", drawn.aerial, (128, 128)),
    ):
        count = 420  # twenty of each class of land
        ways = {f"{n} process{'es' * (n > 1)}": partial(draw, count, size, workers=n) for n in (2, 1)}
        for row in side_by_side(name, ways, ours="2 processes", repeats=3):
            rows.append({**row, "rate": count / row["seconds"], "unit": "pictures/s"})
    return rows + shapes()


def shapes():
    """One large and one small polygon on a sheet of 450 × 450: Pillow, scikit-image, half-planes in NumPy."""
    from PIL import Image, ImageDraw
    from skimage.draw import polygon

    large = np.array([(90, 90), (360, 120), (300, 400), (120, 330)])
    shapes = (large, large // 10 + 200)
    sheet = np.zeros((450, 450, 3), np.uint8)
    image = Image.new("RGB", (450, 450))
    down, across = np.mgrid[:450, :450]

    def pillow():
        draw = ImageDraw.Draw(image)
        for points in shapes:
            draw.polygon(points.ravel().tolist(), fill=(90, 140, 60))

    def scikit_image():
        for points in shapes:
            sheet[polygon(points[:, 1], points[:, 0])] = (90, 140, 60)

    def numpy_field():
        for points in shapes:
            inside = np.full((450, 450), True)
            for (x0, y0), (x1, y1) in zip(points, np.roll(points, -1, axis=0), strict=True):
                inside &= (x1 - x0) * (down - y0) >= (y1 - y0) * (across - x0)
            sheet[inside] = (90, 140, 60)

    ways = {"Pillow": pillow, "scikit-image": scikit_image, "NumPy half-planes": numpy_field}
    return side_by_side("two polygons on 450×450", ways, ours="Pillow", repeats=5)
