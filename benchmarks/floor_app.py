"""Echo one field into one picture, with as little as possible: the floor the studio is measured against.

The picture has the size of the studio's page picture. Run by `benchmarks/studio_latency.py`.
"""

import streamlit as st
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 1485

text = st.text_area("Text", key="text")
picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
ImageDraw.Draw(picture).text((40, 40), text, fill="black")
st.image(picture, output_format="JPEG")
