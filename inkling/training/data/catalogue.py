"""The data sets by name."""

from __future__ import annotations

from inkling.training.data.readers import (
    emnist_reader,
    has_corrections,
    pen_source,
    read_corrections,
    read_mnist,
    read_pencil_scans,
    read_pendigits_zip,
    read_qmnist,
    read_usps_libsvm,
    read_usps_npz,
    stroke_npz_reader,
)
from inkling.training.data.sources import CAPITALS, DIGITS, LETTERS, SIGNS, Dataset, File, Source

# What people drew and corrected here (see `inkling.store`).
CORRECTIONS = "corrections"

_QMNIST = "https://raw.githubusercontent.com/facebookresearch/qmnist/master/"
_USPS = "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/"
_EMNIST_FILE = File(
    "gzip.zip",
    # NIST publishes no checksum; this is the one torchvision pins.
    "md5:58c8d27c78d21e728a6bc7b3cc06412e",
    "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
)
_EMNIST_CREDIT = "EMNIST, Cohen, Afshar, Tapson and van Schaik, 2017, from NIST Special Database 19"
# Letters and signs lie in one file.
_UNIPEN_LETTERS_FILE = File(
    "unipen_letters.npz",
    "sha256:669aa83f468b7f764e11831b521e73176d5fce2b9646930a301d7caff18bfe59",
)
_UNIPEN_CREDIT = "UNIPEN train_r01_v07, Guyon et al., 1994, International Unipen Foundation"

_ALL = (
    Dataset(
        name="mnist",
        title="MNIST",
        labels=DIGITS,
        licence="CC BY-SA 3.0",
        attribution="MNIST, Yann LeCun, Corinna Cortes and Christopher J. C. Burges",
        page="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
        sources=(
            Source(
                (
                    File(
                        "mnist.npz",
                        "sha256:06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64",
                    ),
                ),
                read_mnist,
            ),
            Source(
                (
                    File(
                        "mnist-keras.npz",
                        "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
                        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
                    ),
                ),
                read_mnist,
            ),
        ),
    ),
    Dataset(
        name="emnist-digits",
        title="EMNIST digits",
        labels=DIGITS,
        licence="public domain (NIST)",
        attribution=_EMNIST_CREDIT,
        page="https://www.nist.gov/itl/products-and-services/emnist-dataset",
        sources=(Source((_EMNIST_FILE,), emnist_reader("digits")),),
    ),
    Dataset(
        name="emnist-letters",
        title="EMNIST letters",
        labels=LETTERS,
        licence="public domain (NIST)",
        attribution=_EMNIST_CREDIT,
        page="https://www.nist.gov/itl/products-and-services/emnist-dataset",
        sources=(Source((_EMNIST_FILE,), emnist_reader("letters")),),
    ),
    Dataset(
        name="qmnist",
        title="QMNIST",
        labels=DIGITS,
        licence="BSD 3-clause",
        attribution="QMNIST, Chhavi Yadav and Léon Bottou, 2019",
        page="https://github.com/facebookresearch/qmnist",
        sources=(
            Source(
                # The md5 sums are those torchvision pins.
                (
                    File(
                        "qmnist-train-images-idx3-ubyte.gz",
                        "md5:ed72d4157d28c017586c42bc6afe6370",
                        _QMNIST + "qmnist-train-images-idx3-ubyte.gz",
                    ),
                    File(
                        "qmnist-train-labels-idx2-int.gz",
                        "md5:0058f8dd561b90ffdd0f734c6a30e5e4",
                        _QMNIST + "qmnist-train-labels-idx2-int.gz",
                    ),
                    File(
                        "qmnist-test-images-idx3-ubyte.gz",
                        "md5:1394631089c404de565df7b7aeaf9412",
                        _QMNIST + "qmnist-test-images-idx3-ubyte.gz",
                    ),
                    File(
                        "qmnist-test-labels-idx2-int.gz",
                        "md5:5b5b05890a5e13444e108efe57b788aa",
                        _QMNIST + "qmnist-test-labels-idx2-int.gz",
                    ),
                ),
                read_qmnist,
            ),
        ),
    ),
    Dataset(
        name="usps",
        title="USPS zip codes",
        labels=DIGITS,
        licence="research data, measure only",
        attribution="USPS, Hull, 1994; as distributed with LIBSVM",
        page="https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass.html#usps",
        may_train=False,
        sources=(
            Source(
                (
                    File(
                        "usps.npz",
                        "sha256:b21241c4e22dfd6944463797a2b801e6728b9c258878ce70e02aca52a5014d49",
                    ),
                ),
                read_usps_npz,
            ),
            Source(
                # The md5 sum is the one torchvision pins.
                (File("usps.bz2", "md5:ec16c51db3855ca6c91edd34d0e9b197", _USPS + "usps.bz2"),),
                read_usps_libsvm,
            ),
        ),
    ),
    Dataset(
        name="pendigits",
        title="Pen-based digits (UCI), drawn with brushes",
        labels=DIGITS,
        licence="CC BY 4.0",
        attribution="Pen-Based Recognition of Handwritten Digits, E. Alpaydin and F. Alimoglu, UCI",
        page="https://archive.ics.uci.edu/dataset/81",
        sources=(
            pen_source(
                File(
                    "pendigits.npz",
                    "sha256:22f8dff4cb1639841939e9afa17c0e62759b6d6d17241094b1dde887b41f16ec",
                ),
                stroke_npz_reader(),
            ),
            pen_source(
                # UCI packs the archive anew now and then: its content is counted instead.
                File(
                    "pendigits.zip",
                    "",
                    "https://archive.ics.uci.edu/static/public/81/"
                    "pen+based+recognition+of+handwritten+digits.zip",
                ),
                read_pendigits_zip,
            ),
        ),
    ),
    Dataset(
        name="unipen",
        title="UNIPEN digits, drawn with brushes",
        labels=DIGITS,
        licence="CC BY 4.0",
        attribution=_UNIPEN_CREDIT,
        page="https://zenodo.org/records/1195803",
        sources=(
            pen_source(
                File(
                    "unipen_digits.npz",
                    "sha256:155132c1023c1594d97fbdc2385db1f232a6edcb2fe7eb3bd1dbb9c03636cf34",
                ),
                stroke_npz_reader(),
            ),
        ),
    ),
    Dataset(
        name="unipen-letters",
        title="UNIPEN letters, drawn with brushes",
        labels=CAPITALS + LETTERS,
        licence="CC BY 4.0",
        attribution=_UNIPEN_CREDIT,
        page="https://zenodo.org/records/1195803",
        sources=(
            pen_source(
                _UNIPEN_LETTERS_FILE,
                stroke_npz_reader(CAPITALS + LETTERS),
            ),
        ),
    ),
    Dataset(
        name="unipen-signs",
        title="UNIPEN signs, drawn with brushes",
        labels=SIGNS,
        licence="CC BY 4.0",
        attribution=_UNIPEN_CREDIT,
        page="https://zenodo.org/records/1195803",
        sources=(
            pen_source(
                _UNIPEN_LETTERS_FILE,
                stroke_npz_reader(SIGNS),
            ),
        ),
    ),
    Dataset(
        name="pencil-scans",
        title="Students' pencil digits from scanned quizzes",
        labels=DIGITS,
        licence="ODbL 1.0",
        attribution="Pencil digits from scanned quizzes, under the Open Database License",
        page="https://opendatacommons.org/licenses/odbl/1-0/",
        sources=(
            Source(
                (
                    File(
                        "pencil_scans.npz",
                        "sha256:0726bc0fc27a851eec6f9b418c6a0665c641352bf33a1d9c9e4aa475a504823b",
                    ),
                ),
                read_pencil_scans,
            ),
        ),
    ),
    Dataset(
        name=CORRECTIONS,
        title="Drawings that people corrected on the Draw page",
        labels=DIGITS,
        licence="the drawers' own",
        attribution="Drawings kept on the computer that this model was trained on",
        page="the Draw page",
        sources=(Source((), read_corrections, has_corrections),),
        is_private=True,
    ),
)
DATASETS = {dataset.name: dataset for dataset in _ALL}
