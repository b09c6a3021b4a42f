"""The same training on several devices of one machine, or on several machines, by `tf.distribute`."""

import contextlib
import functools
import json
import os
import warnings


def distributed(build, data, epochs=1, *, validation=None, callbacks=(), devices=None, verbose=0):
    """Train one model on several devices, or as one of several processes or machines.

    Which of the two is told by the environment variable ``TF_CONFIG``, as everywhere in TensorFlow:

    - without it, the batches are shared out among the GPUs of this machine (or `devices`), by
      ``tf.distribute.MirroredStrategy`` and Keras's `fit`; with one device it is plain `fit`.
    - with it, this process is one of several that train together, by
      ``tf.distribute.MultiWorkerMirroredStrategy``. Every one of them calls this with the same arguments.
      `launch` starts several on this machine.

    Either way each batch is cut into equal parts, one for each device, and the gradients are added up before
    every step: the weights stay equal everywhere, and are those of a training on one device. Only layers that
    look at the whole batch (BatchNormalization) or draw random numbers see the parts alone.

    Args:
        build: function without arguments that returns a compiled, built Keras model.
        data: a tf.data of batches (images, labels), a `Dataset` of `cnnkit.datasets` (its `train`), or a
            function without arguments that returns one. With several processes it must be a function or a
            `Dataset`: a tf.data made too early stops TensorFlow from finding the others. All processes
            must see the same batches in the same order.
        epochs: how often to go through the data.
        validation: the same for the validation part; `None` for none. Of a `Dataset` its `validation`.
        callbacks: Keras callbacks, such as `Progress()`.
        devices: names of the devices of this machine, such as ``["GPU:0", "GPU:1"]``; `None` takes all GPUs.
        verbose: passed on to `fit` where `fit` is used.

    Returns:
        Keras's History: `.history` holds loss and metrics of each epoch, over all devices together, and
        `.model` the trained model. (Before Keras 3.15 `fit` adds them up wrongly on several devices of one
        machine; then there is a warning.)

    Raises:
        TypeError: `build` is not a function that returns a Keras model.
        ValueError: the model is not compiled or not built, `devices` do not exist, or ``TF_CONFIG`` is wrong.
        RuntimeError: TensorFlow was in use before the processes could find each other.
    """
    if not callable(build) or hasattr(build, "layers"):
        raise TypeError(
            f"`build` must be a function that makes the model; received {type(build).__name__}. The weights "
            "have to be made on all devices at once, so put the lines that make and compile the model into "
            "`def build(): … return model`, and pass `build`."
        )
    here = worker()
    if here is None:
        strategy, fit = _local_strategy(devices), _fit
        if strategy is not None and _counts_twice():
            warnings.warn(
                "Expected Keras 3.15 or newer to train on several devices of one machine; received an older one, "
                "whose `fit` adds up loss and metrics wrongly there. The weights are right, the numbers that it "
                "shows are not: update Keras, or measure once more on one device.",
                stacklevel=2,
            )
    else:
        if devices is not None:
            raise ValueError(
                "`devices` must be left out with several processes; received both it and TF_CONFIG. Each "
                "process takes all the GPUs that it sees: set CUDA_VISIBLE_DEVICES to give it fewer."
            )
        strategy, fit = _joint_strategy(), _joint_fit
    with strategy.scope() if strategy is not None else contextlib.nullcontext():
        model = build()
        _must_be_ready(model)
    train, held_out = _tensors(data, "train"), _tensors(validation, "validation")
    return fit(model, strategy, train, held_out, epochs, list(callbacks), verbose)


def worker():
    """Return (index, number) of this process among those that train together, or None if it trains alone.

    Returns:
        A tuple of two ints, read from ``TF_CONFIG``: ``(0, 2)`` is the first of two. The first one saves.

    Raises:
        ValueError: ``TF_CONFIG`` cannot be understood.
    """
    text = os.environ.get("TF_CONFIG", "").strip()
    if not text:
        return None
    try:
        config = json.loads(text)
        if not config.get("cluster"):
            return None
        hosts, task = config["cluster"]["worker"], config["task"]
        index = int(task["index"])
        if task["type"] != "worker" or not 0 <= index < len(hosts):
            raise ValueError(f"there is no {task['type']} {index} among {len(hosts)} workers")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            'TF_CONFIG must look like {"cluster": {"worker": ["10.0.0.1:9000", "10.0.0.2:9000"]}, "task": '
            '{"type": '
            f'"worker", "index": 0}}}}; received {text} ({error}). The list is the same on all machines, the '
            "index is each one's own, from 0."
        ) from None
    return index, len(hosts)


def _local_strategy(devices):
    import tensorflow as tf

    there = [device.name for device in tf.config.list_logical_devices()]
    if devices is None:
        devices = [name for name in there if "GPU" in name]
    short = {name.rpartition("device:")[2] for name in there}
    wanted = {str(name): str(name).rpartition("device:")[2].lstrip("/").upper() for name in devices}
    missing = [name for name, one in wanted.items() if one not in short]
    if missing:
        raise ValueError(
            f"`devices` must be devices of this machine: {', '.join(sorted(short))}; received "
            f"{', '.join(missing)}. Leave `devices` out to take all GPUs; `tf.config.list_logical_devices()` "
            "lists what there is."
        )
    return tf.distribute.MirroredStrategy(list(devices)) if len(devices) > 1 else None


@functools.cache  # one a process: variables of one strategy do not go with another
def _joint_strategy():
    import tensorflow as tf

    try:
        return tf.distribute.MultiWorkerMirroredStrategy()
    except RuntimeError as error:
        if "program startup" not in str(error):
            raise
        raise RuntimeError(
            "Expected `distributed` to be the first to use TensorFlow in a process that trains with others; "
            "received a TensorFlow that is already in use. Was a tf.data or a tensor made before? Pass a "
            "function that makes it, `data=lambda: …`, or a Dataset of cnnkit."
        ) from error


def _must_be_ready(model):
    import keras

    if not isinstance(model, keras.Model):
        raise TypeError(
            f"`build` must return a Keras model; received {type(model).__name__}. Does it end in `return "
            "model`?"
        )
    if not model.compiled or not model.built:
        missing = "compiled" if not model.compiled else "built"
        raise ValueError(
            f"`build` must return a model that is compiled and built; received one that is not {missing}. "
            "Begin the model with `keras.Input(shape=…)` and call `model.compile(…)` inside `build`."
        )


def _tensors(data, part):
    if callable(data):
        data = data()
    return getattr(data, part) if hasattr(data, "class_names") else data


def _fit(model, strategy, train, validation, epochs, callbacks, verbose):
    settings = {"validation_data": validation, "callbacks": callbacks, "verbose": verbose}
    settings["shuffle"] = False  # the tf.data does that, or doesn't; Keras would warn that it can't
    return model.fit(train, epochs=epochs, **settings)


def _counts_twice():
    """Whether Keras's `fit` on several devices adds up its metrics wrongly: 3.8 does, 3.15 does not.

    Those between were not tried.
    """
    import keras

    return tuple(int(part) for part in keras.__version__.split(".")[:2]) < (3, 15)


def _joint_fit(model, strategy, train, validation, epochs, callbacks, verbose):
    """What `fit` does, with Keras's own steps: `fit` itself fails with several processes.

    It stumbles in Keras 3.15 before the first step ("unsupported type … PerReplica"), and would again where
    it brings the metrics of the processes together. Neither is needed: they add up when they are read.
    """
    import keras
    import tensorflow as tf

    @tf.function(reduce_retracing=True)
    def train_step(batch):
        strategy.run(model.train_step, args=(batch,))

    @tf.function(reduce_retracing=True)
    def test_step(batch):
        strategy.run(model.test_step, args=(batch,))

    def results(sums):
        for variable, total in zip(model.metrics_variables, sums, strict=True):
            variable.assign(total)
        return {name: float(value) for name, value in model.get_metrics_result().items()}

    def added(sums):
        # What the metrics count is added up over the devices whenever it changes. Keras 3.8 adds what was counted
        # before to the part of each device, so that it would count twice. So each batch begins at 0, and the batches
        # are added up here.
        batch = [keras.ops.convert_to_numpy(variable) for variable in model.metrics_variables]
        model.reset_metrics()
        return [total + number for total, number in zip(sums, batch, strict=True)] if sums else batch

    with strategy.scope():
        model.optimizer.build(model.trainable_variables)
    steps = int(train.cardinality())
    train, validation = _shared_out(strategy, train), _shared_out(strategy, validation)
    run = keras.callbacks.CallbackList(
        callbacks,
        add_history=True,
        add_progbar=False,
        model=model,
        epochs=epochs,
        steps=steps if steps > 0 else None,
    )
    model.stop_training = False
    run.on_train_begin()
    for epoch in range(epochs):
        run.on_epoch_begin(epoch)
        model.reset_metrics()
        sums = []
        for step, batch in enumerate(train):
            run.on_train_batch_begin(step)
            train_step(batch)
            sums = added(sums)
            run.on_train_batch_end(step)
        logs = results(sums)
        if validation is not None:
            model.reset_metrics()
            sums = []
            for batch in validation:
                test_step(batch)
                sums = added(sums)
            logs |= {f"val_{name}": value for name, value in results(sums).items()}
        run.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    run.on_train_end(logs if epochs else None)
    return model.history


def _shared_out(strategy, tensors):
    """Every process reads all batches and keeps its part of each: files could not be shared out evenly."""
    import tensorflow as tf

    if tensors is None:
        return None
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    return strategy.experimental_distribute_dataset(tensors.with_options(options))
