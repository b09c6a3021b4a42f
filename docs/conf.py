"""How Sphinx builds the course's site. `python -m cnnkit site` lays this folder beside the notebooks first."""

import cnnkit
from cnnkit.course import address, reference

cnnkit_colab = address.colab("notebooks/{name}")

project = "Convolutional networks"
author = "The cnnkit developers"
copyright = "the cnnkit developers, MIT licence"
release = cnnkit.__version__
language = "en"
html_title = "Convolutional networks"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.linkcode",
    "sphinx_copybutton",
    "cnnkit.course.mathml",
    "cnnkit.course.pages",
    "cnnkit.course.reference",
    "cnnkit.course.terms",
]
exclude_patterns = ["_parts"]
templates_path = ["templates"]
highlight_language = "none"

# The notebooks are executed by `python -m cnnkit run`, never here.
nb_execution_mode = "off"
# MyST-NB would load RequireJS and the widget manager from a CDN. Our figures need neither.
nb_ipywidgets_js = {}
nb_merge_streams = True

myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_dmath_double_inline = True
myst_heading_anchors = 3
html_math_renderer = "mathml"

autodoc_member_order = "bysource"
add_module_names = False
toc_object_entries_show_parents = "hide"
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_custom_sections = [("Source", "returns_style")]

# Copied without the prompts of a doctest; what a cell printed is not for copying.
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_selector = "div.highlight:not(.output .highlight) pre"

html_theme = "sphinx_book_theme"
html_static_path = ["static"]
html_css_files = ["course.css"]
html_js_files = ["course.js"]
html_logo = "static/logo.svg"
html_favicon = "static/logo.svg"
html_copy_source = True
html_show_sourcelink = True
html_sourcelink_suffix = ""
html_last_updated_fmt = None
html_use_index = True
html_domain_indices = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "repository_url": address.page(),
    "repository_branch": address.BRANCH,
    "path_to_docs": "notebooks",
    "use_repository_button": True,
    "use_download_button": True,
    "use_fullscreen_button": False,
    "launch_buttons": {"colab_url": "https://colab.research.google.com"},
    "logo": {"text": "Convolutional networks"},
    "search_bar_text": "Search the course",
    "home_page_in_toc": True,
    "show_toc_level": 2,
    # The book theme has its search in the side bar; the one in a bar on top would be a second one.
    "navbar_persistent": [],
    "footer_content_items": ["copyright.html"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def linkcode_resolve(domain, info):
    """The source of a function, on GitHub."""
    path = domain == "py" and reference.source(info["module"], info["fullname"])
    return address.page(path) if path else None
