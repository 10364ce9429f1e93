"""Message classes for gRPC, made from a description of our own.

Nobody's generated code is needed, and none is registered: the classes live in a pool of their own, so another package in the same process that brings the
same messages (a model server's, a TensorFlow) does not collide with them.

A message is described by its fields, separated by ``;``: number, name, type.  ``*`` after a type means repeated, ``{T}`` a map from text to ``T``,
``/name`` that the field is one of that choice.  Field numbers are those of the Open Inference Protocol and of Seldon Core 1.17.1 (Apache-2.0); the tests compare
them with the descriptors of both.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

V2_SERVICE = "inference.GRPCInferenceService"
SELDON_SERVICE = "seldon.protos.Seldon"

_V2 = {
    "InferParameter": "1 bool_param bool/parameter_choice; 2 int64_param int64/parameter_choice; 3 string_param string/parameter_choice;"
    "4 double_param double/parameter_choice; 5 uint64_param uint64/parameter_choice",
    "InferTensorContents": "1 bool_contents bool*; 2 int_contents int32*; 3 int64_contents int64*; 4 uint_contents uint32*;"
    "5 uint64_contents uint64*; 6 fp32_contents float*; 7 fp64_contents double*; 8 bytes_contents bytes*",
    "ModelInferRequest.InferInputTensor": "1 name string; 2 datatype string; 3 shape int64*; 4 parameters {InferParameter};"
    "5 contents InferTensorContents",
    "ModelInferRequest": "1 model_name string; 2 model_version string; 3 id string; 4 parameters {InferParameter};"
    "5 inputs ModelInferRequest.InferInputTensor*; 7 raw_input_contents bytes*",
    "ModelInferResponse.InferOutputTensor": "1 name string; 2 datatype string; 3 shape int64*; 4 parameters {InferParameter};"
    "5 contents InferTensorContents",
    "ModelInferResponse": "1 model_name string; 2 model_version string; 3 id string; 4 parameters {InferParameter};"
    "5 outputs ModelInferResponse.InferOutputTensor*; 6 raw_output_contents bytes*",
}
_VALUE = ".google.protobuf.Value"
_SELDON = {
    "Metric": "1 key string; 2 type int32; 3 value float; 4 tags {string}",
    "Meta": f"1 puid string; 2 tags {{{_VALUE}}}; 3 routing {{int32}}; 4 requestPath {{string}}; 5 metrics Metric*",
    "Status": "1 code int32; 2 info string; 3 reason string; 4 status int32",
    "Tensor": "1 shape int32*; 2 values double*",
    "DefaultData": "1 names string*; 2 tensor Tensor/data_oneof; 3 ndarray .google.protobuf.ListValue/data_oneof;"
    "4 tftensor .tensorflow.TensorProto/data_oneof",
    "SeldonMessage": "1 status Status; 2 meta Meta; 3 data DefaultData/data_oneof; 4 binData bytes/data_oneof; 5 strData string/data_oneof;"
    f"6 jsonData {_VALUE}/data_oneof; 7 customData .google.protobuf.Any/data_oneof",
    "Feedback": "1 request SeldonMessage; 2 response SeldonMessage; 3 reward float; 4 truth SeldonMessage",
}
_TENSORFLOW = {
    "TensorShapeProto.Dim": "1 size int64; 2 name string",
    "TensorShapeProto": "2 dim TensorShapeProto.Dim*; 3 unknown_rank bool",
    "TensorProto": "1 dtype int32; 2 tensor_shape TensorShapeProto; 3 version_number int32; 4 tensor_content bytes; 5 float_val float*;"
    "6 double_val double*; 7 int_val int32*; 8 string_val bytes*; 10 int64_val int64*; 11 bool_val bool*; 13 half_val int32*;"
    "16 uint32_val uint32*; 17 uint64_val uint64*",
}
_SCALARS = {"double": 1, "float": 2, "int64": 3, "uint64": 4, "int32": 5, "bool": 8, "string": 9, "bytes": 12, "uint32": 13}
_MESSAGE, _OPTIONAL, _REPEATED = 11, 1, 3


@functools.cache
def v2(name: str) -> Any:
    """A message class of the Open Inference Protocol, such as ``ModelInferRequest``. Raises: ImportError without protobuf."""
    return _class(f"inference.{name}")


@functools.cache
def seldon(name: str) -> Any:
    """A message class of the seldon protocol, such as ``SeldonMessage``. Raises: ImportError without protobuf."""
    return _class(f"seldon.protos.{name}")


@functools.cache
def tensorflow(name: str) -> Any:
    """A message class that the seldon protocol borrows from TensorFlow: ``TensorProto``. Raises: ImportError without protobuf."""
    return _class(f"tensorflow.{name}")


def _class(full_name: str) -> Any:
    from google.protobuf import message_factory

    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(full_name))


@functools.cache
def _pool() -> Any:
    from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, struct_pb2

    pool = descriptor_pool.DescriptorPool()
    for known in (struct_pb2, any_pb2):
        copied = descriptor_pb2.FileDescriptorProto()
        known.DESCRIPTOR.CopyToProto(copied)
        pool.Add(copied)
    shared = ("google/protobuf/struct.proto", "google/protobuf/any.proto")
    for file, package, messages, needs in (
        ("seldon_nb/tensor.proto", "tensorflow", _TENSORFLOW, ()),
        ("seldon_nb/v2.proto", "inference", _V2, ()),
        ("seldon_nb/seldon.proto", "seldon.protos", _SELDON, (*shared, "seldon_nb/tensor.proto")),
    ):
        pool.Add(_file(file, package, messages, needs))
    return pool


def _file(name: str, package: str, messages: Mapping[str, str], needs: tuple[str, ...]) -> Any:
    from google.protobuf import descriptor_pb2

    file = descriptor_pb2.FileDescriptorProto(name=name, package=package, syntax="proto3", dependency=needs)
    made: dict[str, Any] = {}
    for path in sorted(messages, key=lambda path: path.count(".")):
        outer, _, last = path.rpartition(".")
        made[path] = (made[outer].nested_type if outer else file.message_type).add(name=last)
    for path, fields in messages.items():
        for field in fields.split(";"):
            _field(made[path], f".{package}", path, field)
    return file


def _field(message: Any, package: str, path: str, text: str) -> None:
    number, name, kind = text.split()
    kind, _, choice = kind.partition("/")
    repeated = kind.endswith("*") or kind.startswith("{")
    field = message.field.add(name=name, number=int(number), label=_REPEATED if repeated else _OPTIONAL)
    if kind.startswith("{"):
        entry = message.nested_type.add(name=f"{name[0].upper()}{name[1:]}Entry")
        entry.options.map_entry = True
        _field(entry, package, path, "1 key string")
        _field(entry, package, path, f"2 value {kind[1:-1]}")
        field.type, field.type_name = _MESSAGE, f"{package}.{path}.{entry.name}"
        return
    kind = kind.rstrip("*")
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type, field.type_name = _MESSAGE, kind if kind.startswith(".") else f"{package}.{kind}"
    if choice:
        known = [item.name for item in message.oneof_decl]
        if choice not in known:
            message.oneof_decl.add(name=choice)
        field.oneof_index = known.index(choice) if choice in known else len(known)
