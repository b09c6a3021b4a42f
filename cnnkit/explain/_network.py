"""A Keras model as one flat list of steps, models inside models unfolded, so that any value within can be had.

Keras's own way, `keras.Model(model.inputs, layer.output)`, does not reach into a model that is a layer of another
one, and calling layers on new symbolic inputs would leave traces in the user's model. Here the layers are called
with numbers, one after another.
"""

import difflib
from collections import Counter
from typing import NamedTuple

from ..shapes._models import _flat, _graph_ends, _in_order

# What only passes on the values of the layer before.
_PASSING = {"Dropout", "Flatten", "Identity", "Reshape", "Squeeze"}
_HEADS = {"softmax", "sigmoid"}
# What may stand at the beginning and leaves the range of the pixels as it is: how their names begin.
_LEAVES_RANGE = (
    "CenterCrop",
    "Cropping",
    "Dropout",
    "Gaussian",
    "Identity",
    "Random",
    "Resizing",
    "ZeroPadding",
)


class Step(NamedTuple):
    """One call of one layer."""

    name: str  # with the names of the models around it: "base/conv2"; a second call is "base/conv2:2"
    layer: object
    node: object
    slots: dict  # id of a symbolic tensor → the slot that holds its value
    takes: tuple  # slots
    makes: tuple  # slots

    def call(self, values, layer=None):
        """Call the layer (or what stands in for it) in inference mode with the values in the slots."""
        known = {id(tensor): values[self.slots[id(tensor)]] for tensor in self.node.input_tensors}
        args, kwargs = self.node.arguments.fill_in(known)
        if getattr(self.layer, "_call_has_training_arg", False):
            kwargs["training"] = False
        return _flat((layer or self.layer)(*args, **kwargs))


class Network:
    """The steps of a model, from the pictures to the output.

    Attributes:
        model: the user's model, never changed.
        image_shape: (H, W, C) of a picture; `None` where any size will do.
        steps: list of Step in the order of the computation.
        outputs: dict from the name of a layer, or of a model inside, to the slot of its output.
        output: slot of the model's output.
    """

    def __init__(self, model):
        ends = _ends(model)
        self.model = model
        self.image_shape = tuple(ends[0][0].shape[1:])
        self.steps, self.outputs, self._layers, self._insides = [], {}, {}, set()
        self._count, self._calls = 1, Counter()
        (self.output,) = self._unfold(*ends, [0], prefix="")

    def _unfold(self, inputs, outputs, arriving, prefix):
        """Append the steps between `inputs` and `outputs`; return the slots of the outputs."""
        slots = {id(tensor): slot for tensor, slot in zip(inputs, arriving, strict=True)}
        for node in _in_order(outputs, slots):
            layer, name = node.operation, prefix + node.operation.name
            self._calls[name] += 1
            if self._calls[name] > 1:
                name += f":{self._calls[name]}"
            takes = tuple(slots[id(tensor)] for tensor in node.input_tensors)
            inside = _graph_ends(layer) if hasattr(layer, "layers") else None
            if inside is not None:
                makes = self._unfold(*inside, takes, prefix=name + "/")
                self._insides.add(name)
            else:
                makes = tuple(range(self._count, self._count + len(node.outputs)))
                self._count += len(makes)
                self.steps.append(Step(name, layer, node, slots, takes, makes))
            self.outputs[name], self._layers[name] = makes[0], layer
            slots.update((id(tensor), slot) for tensor, slot in zip(node.outputs, makes, strict=True))
        return tuple(slots[id(tensor)] for tensor in outputs)

    @property
    def names(self):
        """The names of all layers, in the order of the computation, without the models that hold them."""
        return [step.name for step in self.steps]

    def find(self, layer):
        """Return the full name of a layer that is given by name, by the end of its name, or itself.

        Raises:
            ValueError: no layer has this name, or several have.
        """
        if not isinstance(layer, str):
            found = [name for name, one in self._layers.items() if one is layer]
        elif layer in self.outputs:
            return layer
        else:
            found = [name for name in self.outputs if name.endswith("/" + layer)]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError(
                f"`layer` must be the name of one layer; received {_shown(layer)}, which {len(found)} share: they "
                f"belong to different models inside {self.model.name!r}, or are several calls of one layer. Give the "
                f"full name: {_list(found)}."
            )
        short = {name.rpartition("/")[2]: name for name in reversed(self.outputs)}
        wanted = getattr(layer, "name", str(layer))
        near = difflib.get_close_matches(wanted, [*self.outputs, *short], n=3, cutoff=0.5)
        near = list(dict.fromkeys(short.get(name, name) for name in near))
        slip = (
            f"Did you mean {_list(near)}?"
            if near
            else "Keras may have numbered it on (conv2d_1, conv2d_2 …)."
        )
        raise ValueError(
            f"`layer` must be the name of a layer of {self.model.name!r}; received {_shown(layer)}. {slip} The "
            f"layers are: {_list(self.names)}."
        )

    def run(self, images, wanted, *, instead=None, reached=None):
        """Send pictures through the network, as far as needed.

        Args:
            images: tensor (N, H, W, C).
            wanted: slots whose values are returned.
            instead: dict from the name of a step to a function that stands in for its layer.
            reached: function of (slot, value), called as soon as a value is there.

        Returns:
            A list of the values in the slots wanted.
        """
        instead = instead or {}
        steps = self._leading_to(wanted)
        uses = Counter(slot for step in steps for slot in set(step.takes))
        uses.update(wanted)
        values = {0: images}
        for step in steps:
            made = step.call(values, instead.get(step.name))
            for slot, value in zip(step.makes, made, strict=True):
                if uses[slot]:
                    values[slot] = value
                    if reached is not None:
                        reached(slot, value)
            for slot in set(step.takes):  # give back memory as soon as nobody needs the value any more
                uses[slot] -= 1
                if not uses[slot]:
                    del values[slot]
        return [values[slot] for slot in wanted]

    def _leading_to(self, wanted):
        needed, steps = set(wanted), []
        for step in reversed(self.steps):
            if needed.intersection(step.makes):
                needed.update(step.takes)
                steps.append(step)
        return steps[::-1]

    def leads_to_output(self, slot):
        """Whether the output depends on the value in this slot."""
        return slot == self.output or any(slot in step.takes for step in self._leading_to([self.output]))

    def step_of(self, slot):
        """Return the step that makes the value in this slot, or `None` for the pictures themselves."""
        return next((step for step in self.steps if slot in step.makes), None)

    def first_step(self, slot=None):
        """Return the first step on the way to a slot, or to the output, that changes the range of the pixels."""
        steps = self._leading_to([self.output if slot is None else slot])
        return next((s for s in steps if not type(s.layer).__name__.startswith(_LEAVES_RANGE)), None)

    def head(self, slot=None):
        """What turns the logits into probabilities at the end, and what to call instead to have the logits.

        Args:
            slot: slot of the output in question; `None` takes the model's.

        Returns:
            "softmax", "sigmoid" or `None` (the output is the logits), and a dict for `run(…, instead=)`.
        """
        slot = self.output if slot is None else slot
        while (step := self.step_of(slot)) is not None:
            kind = activation_of(step.layer)
            if kind in _HEADS:
                return kind, {step.name: without_activation(step.layer)}
            if type(step.layer).__name__ not in _PASSING and not _is_linear_activation(step.layer):
                break
            slot = step.takes[0]
        return None, {}


def activation_of(layer):
    """Return the name of the activation in, or which is, this layer or operation: "softmax", "relu", "linear" …"""
    kind = type(layer).__name__
    if kind in ("Softmax", "Sigmoid", "ReLU", "Relu", "Relu6"):
        return "relu" if kind.startswith("Re") else kind.lower()
    return getattr(getattr(layer, "activation", None), "__name__", None)


def _is_linear_activation(layer):
    return type(layer).__name__ == "Activation" and activation_of(layer) == "linear"


def without_activation(layer):
    """Return a function that does what the layer does, but for its activation. The layer stays as it is."""
    if not getattr(layer, "weights", None):
        return lambda x, *_args, **_kwargs: x
    config = {**layer.get_config(), "activation": "linear"}
    copy = type(layer).from_config(config)
    copy.build(layer._build_shapes_dict["input_shape"] if _has_one_shape(layer) else layer.input.shape)
    copy.set_weights(layer.get_weights())
    return copy


def _has_one_shape(layer):
    return "input_shape" in (getattr(layer, "_build_shapes_dict", None) or {})


def _ends(model):
    """Return the symbolic inputs and outputs of a model; raise if it is not one that can be looked into."""
    import keras

    if not isinstance(model, keras.Model):
        raise TypeError(
            f"`model` must be a Keras model; received {type(model).__name__}. A single layer is none yet: put it "
            "into one, keras.Sequential([keras.Input(shape=(height, width, channels)), layer])."
        )
    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            f"`explain` takes its gradients with TensorFlow; received Keras on {keras.backend.backend()}. The "
            "variable KERAS_BACKEND, or ~/.keras/keras.json, chose it. Start Python again with "
            "KERAS_BACKEND=tensorflow."
        )
    ends = _graph_ends(model)
    if ends is None:
        own = model.built and not isinstance(model, keras.Sequential)
        raise ValueError(
            f"`model` must be built, with its layers connected; received {model.name!r} ({type(model).__name__}), "
            + (
                "whose `call` is written by hand, so that its layers can't be followed. Build it with keras.Sequential "
                "or keras.Model(inputs, outputs)."
                if own
                else "which has no weights yet. Begin it with keras.Input(shape=(height, width, channels)), or call "
                "`model.build((None, height, width, channels))`."
            )
        )
    inputs, outputs = ends
    if len(inputs) != 1 or len(inputs[0].shape) != 4 or len(outputs) != 1:
        shapes = [tuple(tensor.shape) for tensor in inputs], [tuple(tensor.shape) for tensor in outputs]
        raise ValueError(
            "`model` must take one batch of pictures (N, H, W, C) and return one array; received inputs of shape "
            f"{_list(shapes[0])} and outputs of shape {_list(shapes[1])}. Models with several inputs or outputs can't "
            "be explained as a whole. Make one that has what you want to look at: keras.Model(inputs, output)."
        )
    return inputs, outputs


def _shown(layer):
    return (
        repr(layer) if isinstance(layer, str) or not hasattr(layer, "name") else f"the layer {layer.name!r}"
    )


def _list(values, most=40):
    values = [value if isinstance(value, str) else str(value) for value in values]
    return ", ".join(values[:most]) + (f" and {len(values) - most} more" if len(values) > most else "")
