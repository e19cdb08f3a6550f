"""The architectures, one a file: `from seqkit.recipes.stacked_gru import build_model`.

In a checkout they are in the top-level folder `recipes`; an installed package has them here.
"""

from seqkit.checkout import source_dir

__path__ += source_dir("recipes")
