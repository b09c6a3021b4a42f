"""How Sphinx builds the course's site. `python -m cnnkit site` copies this beside the executed notebooks."""

import cnnkit

project = "Convolutional networks"
author = "The cnnkit developers"
release = cnnkit.__version__
language = "en"
html_title = "Convolutional networks"

extensions = ["myst_nb", "cnnkit.course.mathml", "cnnkit.course.pages"]
html_theme = "sphinx_book_theme"
html_static_path = ["static"]
html_css_files = ["course.css"]
html_copy_source = True
html_show_sourcelink = True
html_sourcelink_suffix = ""
html_last_updated_fmt = None
html_theme_options = {
    "repository_url": "https://github.com/cnnkit/cnnkit",
    "repository_branch": "main",
    "path_to_docs": "notebooks",
    "use_download_button": True,
    "use_fullscreen_button": False,
    "launch_buttons": {"colab_url": "https://colab.research.google.com"},
    "show_toc_level": 2,
    # The book theme has its search in the side bar; the one in a bar on top would be a second one.
    "navbar_persistent": [],
}
html_context = {"default_mode": "auto"}

# The notebooks are executed by `python -m cnnkit run`, never here.
nb_execution_mode = "off"
# MyST-NB would load RequireJS and the widget manager from a CDN. Our figures need neither.
nb_ipywidgets_js = {}
nb_merge_streams = True

myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_dmath_double_inline = True
myst_heading_anchors = 3
html_math_renderer = "mathml"
