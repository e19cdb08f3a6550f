"""Layers that Keras lacks, one per file. Importing the package registers them, so that saved models can be loaded."""

from seqkit.layers.ascending_quantiles import AscendingQuantiles
from seqkit.layers.bag_of_words import BagOfWords
from seqkit.layers.character_convolution import CharacterConvolution
from seqkit.layers.echo_state_cell import EchoStateCell
from seqkit.layers.feature_weights import FeatureWeights
from seqkit.layers.latent_cell import LatentCell
from seqkit.layers.leaky_cell import LeakyCell
from seqkit.layers.learned_positions import LearnedPositions
from seqkit.layers.linear_forecast import LinearForecast
from seqkit.layers.masked_conv1d import MaskedConv1D
from seqkit.layers.masked_global_max_pooling1d import MaskedGlobalMaxPooling1D
from seqkit.layers.masked_max_pooling1d import MaskedMaxPooling1D
from seqkit.layers.mini_rocket import MiniRocket
from seqkit.layers.negative_sampling import NegativeSampling
from seqkit.layers.one_hot_conv_max import OneHotConvMax
from seqkit.layers.peephole_lstm_cell import PeepholeLSTMCell
from seqkit.layers.recurrent_dropout_gru import RecurrentDropoutGRU
from seqkit.layers.recurrent_dropout_lstm import RecurrentDropoutLSTM
from seqkit.layers.rocket import Rocket
from seqkit.layers.sinusoidal_positions import SinusoidalPositions
from seqkit.layers.skip_gram import SkipGram
from seqkit.layers.subword_embedding import SubwordEmbedding
from seqkit.layers.tied_embedding import TiedEmbedding
from seqkit.layers.token_dropout import TokenDropout
from seqkit.layers.transitions import Transitions
from seqkit.layers.window_scale import WindowScale
from seqkit.layers.windowed_attention import WindowedAttention
from seqkit.layers.word_embedding import WordEmbedding

__all__ = [
    "AscendingQuantiles",
    "BagOfWords",
    "CharacterConvolution",
    "EchoStateCell",
    "FeatureWeights",
    "LatentCell",
    "LeakyCell",
    "LearnedPositions",
    "LinearForecast",
    "MaskedConv1D",
    "MaskedGlobalMaxPooling1D",
    "MaskedMaxPooling1D",
    "MiniRocket",
    "NegativeSampling",
    "OneHotConvMax",
    "PeepholeLSTMCell",
    "RecurrentDropoutGRU",
    "RecurrentDropoutLSTM",
    "Rocket",
    "SinusoidalPositions",
    "SkipGram",
    "SubwordEmbedding",
    "TiedEmbedding",
    "TokenDropout",
    "Transitions",
    "WindowScale",
    "WindowedAttention",
    "WordEmbedding",
]
