package dev.septet.llm.runtime;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.ScriptCall;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A compiled TorchScript module without weights. Its methods take tensors, lists of tensors,
 * numbers and lists of integers, and return one tensor or a list or tuple of tensors.
 *
 * <p>May be used from any thread, one call at a time. Closed with the scope that it was loaded in.
 */
public final class Script {
    private final PtSymbolBlock module;

    private Script(PtSymbolBlock module) {
        this.module = module;
    }

    /**
     * Compiles a program (about 0.15 s for a decoder).
     *
     * @throws ai.djl.engine.EngineException when it does not compile; the message shows the line
     */
    public static Script load(NDManager scope, ScriptSource source) {
        Torch.prepareThread();
        byte[] archive = ScriptArchive.of(source.className(), source.module());
        try {
            return new Script(
                    JniUtils.loadModule((PtNDManager) scope, new ByteArrayInputStream(archive), false, false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Calls a method with gradients disabled.
     *
     * @param scope owns the result
     * @param arguments each an {@link NDArray}, a {@link TensorList}, an integer, a double or a
     *     {@code long[]}
     * @throws OutOfMemory when an allocation failed
     */
    public NDList call(NDManager scope, String method, Object... arguments) {
        return call(scope, false, method, arguments);
    }

    /** Calls a method that returns one tensor, with gradients disabled. */
    public NDArray tensor(NDManager scope, String method, Object... arguments) {
        return call(scope, method, arguments).singletonOrThrow();
    }

    /** Calls a method that builds an autograd graph and may run {@code backward} on it. */
    public NDList callWithGradients(NDManager scope, String method, Object... arguments) {
        return call(scope, true, method, arguments);
    }

    private NDList call(NDManager scope, boolean gradients, String method, Object... arguments) {
        Torch.prepareThread();
        IValue[] values = new IValue[arguments.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(arguments[i]);
        }
        JniUtils.setGradMode(gradients);
        try (IValue result = ScriptCall.run(module, method, values)) {
            return result.toNDList((PtNDManager) scope);
        } catch (EngineException e) {
            throw OutOfMemory.orSame(e);
        } finally {
            JniUtils.setGradMode(false); // also after a failed script
            for (int i = 0; i < values.length; i++) {
                if (!(arguments[i] instanceof TensorList)) {
                    values[i].close();
                }
            }
        }
    }

    private static IValue value(Object argument) {
        if (argument instanceof PtNDArray array) {
            return IValue.from(array);
        }
        if (argument instanceof TensorList list) {
            return list.value();
        }
        if (argument instanceof Integer || argument instanceof Long) {
            return IValue.from(((Number) argument).longValue());
        }
        if (argument instanceof long[] numbers) {
            return IValue.listFrom(numbers);
        }
        if (argument instanceof Double number) {
            return IValue.from(number.doubleValue());
        }
        throw new IllegalArgumentException("a script takes tensors, numbers and lists of them, not "
                + argument.getClass().getName());
    }
}
