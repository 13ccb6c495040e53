"""Language models behind one small seam: a provider streams text, `Asker` makes checked values of it."""
