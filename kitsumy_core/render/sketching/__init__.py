"""Draw storyboard frames: ink, palette, places, figures and things, each in its own module."""
