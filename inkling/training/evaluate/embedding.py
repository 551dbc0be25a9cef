"""The feature space of a network's last hidden layer, in two and three dimensions."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from inkling.reports.robustness import Embedding, Projection
from inkling.training.data.formats import Labels
from inkling.training.evaluate.probabilities import Probabilities

# The principal components that t-SNE starts from, and those that are shown.
COMPONENTS = 32
SHOWN_COMPONENTS = 3
# t-SNE's perplexity: roughly the number of neighbours that it keeps together.
PERPLEXITY = 30.0


def embed(features: NDArray[np.float32], p: Probabilities, y: Labels, seed: int) -> Embedding:
    """Place test digits by their features: standardised, then PCA, then t-SNE.

    Args:
        features: what the last layer is given for each digit, float32 (n, d).
        p: the model's probabilities, (n, labels).
        y: labels (n,).
        seed: of t-SNE.
    """
    scaler = StandardScaler().fit(features)
    standardised = scaler.transform(features)
    pca = PCA(min(COMPONENTS, *features.shape), svd_solver="full").fit(standardised)
    components = pca.transform(standardised)
    perplexity = min(PERPLEXITY, (len(y) - 1) / 3.0)
    # One thread, because t-SNE's own threads would compete with the caller's and make the order of
    # its sums random.
    with threadpool_limits(1):
        tsne = TSNE(2, perplexity=perplexity, init="pca", random_state=seed)
        plane = tsne.fit_transform(components)
    # The largest coordinate is 127 steps, so that the points fit int8.
    step = float(np.abs(components).max()) / 127.0
    explained = pca.explained_variance_ratio_
    return Embedding(
        index=list(range(len(y))),
        label=y.tolist(),
        predicted=p.argmax(axis=1).tolist(),
        confidence=_rounded(p.max(axis=1), 4),
        tsne=[_rounded(column, 2) for column in plane.T],
        pca=[_rounded(column, 2) for column in components.T[:SHOWN_COMPONENTS]],
        explained_variance=_rounded(
            np.array([explained[:SHOWN_COMPONENTS].sum(), explained.sum()]), 4
        ),
        seed=seed,
        perplexity=perplexity,
        projection=Projection(
            mean=_encoded(scaler.mean_, "<f4"),
            weights=_encoded(pca.components_.T / scaler.scale_[:, None], "<f4"),
            points=_encoded(np.rint(components / step), "i1"),
            step=step,
        ),
    )


def _rounded(values: NDArray[np.floating], decimals: int) -> list[float]:
    return [round(float(value), decimals) for value in values]


def _encoded(values: NDArray[np.floating], dtype: str) -> str:
    return base64.b64encode(values.astype(dtype).tobytes()).decode("ascii")
