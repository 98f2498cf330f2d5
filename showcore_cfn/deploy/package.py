"""Templates as CloudFormation can fetch them: every file under a key made of the hash of its bytes.

The root then names its children by content, so two equal roots mean two equal nests; a template that did not
change keeps its address, and CloudFormation sees no change in it. Nothing else is altered: what was reviewed
is what is uploaded.

A nested template's address has to be https, regional, and a bucket of the stack's region:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from showcore_cfn.aws.failures import AccessDenied, Missing
from showcore_cfn.aws.gateways import Store
from showcore_cfn.deploy.parallel import together
from showcore_cfn.errors import ShowcoreError, TemplateError

KEY_PREFIX = "templates"
BODY_LIMIT_BYTES = 51_200  # of a template that goes along in the call; a bigger one is fetched from S3
_LOCAL_URL = re.compile(r"""(\bTemplateURL"?[ \t]*:[ \t]*)(["']?)\./([^"'\s,{}\[\]]+)\2""")


@dataclass(frozen=True, slots=True)
class Location:
    """Where the packaged templates lie."""

    bucket: str
    region: str
    owner: str  # the account that the bucket must belong to
    prefix: str = KEY_PREFIX

    def address(self, key: str) -> str:
        """The regional, path-style address of a key: the form that AWS and the embedded AWS both take."""
        return f"https://s3.{self.region}.amazonaws.com/{self.bucket}/{key}"


@dataclass(frozen=True, slots=True)
class Package:
    """A root template whose children are addresses, and the objects that must lie there."""

    root: str
    objects: Mapping[str, bytes]
    hashes: Mapping[str, str]  # file name -> sha256 of its packaged bytes, the root's among them
    root_address: str

    @property
    def template(self) -> str:
        """The root as CreateChangeSet wants it: its text, or its address where the text is too long."""
        return self.root_address if self.root_is_uploaded else self.root

    @property
    def root_is_uploaded(self) -> bool:
        """Whether the root is too long to go along in the call."""
        return len(self.root.encode()) > BODY_LIMIT_BYTES


def package(templates: Mapping[str, str], root: str, location: Location) -> Package:
    """The templates that `root` nests, packaged. TemplateError: one is missing or nests itself."""
    packer = _Packer(templates, location)
    text = packer.text(root, ())
    digest = packer.add(root, text)
    made = Package(text, packer.objects, packer.hashes, location.address(digest))
    objects = packer.objects if made.root_is_uploaded else _without(packer.objects, digest)
    return Package(text, objects, packer.hashes, made.root_address)


def uploaded(location: Location, store: Store) -> frozenset[str]:
    """The keys of what was packaged before."""
    return store.keys(location.bucket, f"{location.prefix}/", location.owner)


def upload(packed: Package, location: Location, store: Store, there: Callable[[], frozenset[str]]) -> int:
    """Write the objects that are missing, all at once; how many these were. `there` is asked for the others."""
    with _explained(location):
        found = there()
        missing = [key for key in packed.objects if key not in found]
        together(
            partial(store.put, location.bucket, key, packed.objects[key], location.owner) for key in missing
        )
    return len(missing)


@contextmanager
def _explained(location: Location) -> Iterator[None]:
    try:
        yield
    except Missing as error:
        raise ShowcoreError(
            f"there is no artifact bucket {location.bucket}: run `showcore bootstrap` once for this account."
        ) from error
    except AccessDenied as error:
        raise ShowcoreError(
            f"the artifact bucket {location.bucket} is closed to these credentials, or not in the account "
            f"{location.owner}: {error}"
        ) from error


class _Packer:
    """Packs from the leaves upwards, so that each address holds the hashes of all that is below it."""

    def __init__(self, templates: Mapping[str, str], location: Location) -> None:
        self._templates = templates
        self._location = location
        self.objects: dict[str, bytes] = {}
        self.hashes: dict[str, str] = {}

    def text(self, name: str, above: tuple[str, ...]) -> str:
        """A template with addresses in the place of its local children."""
        if name not in self._templates:
            raise TemplateError(
                f"{above[-1] if above else name} nests {name}, which is not among the templates."
            )
        if name in above:
            raise TemplateError(f"{name} nests itself by way of {' and '.join(above)}.")

        def address(match: re.Match[str]) -> str:
            child = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[3]))
            key = self.add(child, self.text(child, (*above, name)))
            return f"{match[1]}{match[2]}{self._location.address(key)}{match[2]}"

        return _LOCAL_URL.sub(address, self._templates[name])

    def add(self, name: str, text: str) -> str:
        """Keep a packaged template; its key."""
        body = text.encode()
        digest = hashlib.sha256(body).hexdigest()
        stem, suffix = posixpath.splitext(posixpath.basename(name))
        key = f"{self._location.prefix}/{stem}-{digest}{suffix}"
        self.objects[key] = body
        self.hashes[name] = digest
        return key


def _without(objects: Mapping[str, bytes], key: str) -> dict[str, bytes]:
    return {name: body for name, body in objects.items() if name != key}
