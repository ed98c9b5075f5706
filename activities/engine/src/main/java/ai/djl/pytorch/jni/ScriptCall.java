package ai.djl.pytorch.jni;

import ai.djl.pytorch.engine.PtSymbolBlock;

/**
 * Calls a method of a TorchScript module with gradients left as the calling thread has them.
 *
 * <p>DJL's public {@code IValueUtils.runMethod} always runs in inference mode, whose tensors no
 * backward pass may touch; the native call behind it takes the mode, but only this package sees it.
 */
public final class ScriptCall {
    private static final boolean NO_INFERENCE_MODE = true;
    private static final boolean DEFAULT_STREAM = false;

    private ScriptCall() {}

    /**
     * Runs {@code method}. The caller closes the arguments and the result.
     *
     * @throws ai.djl.engine.EngineException with libtorch's message, which names the script's line
     */
    public static IValue run(PtSymbolBlock module, String method, IValue... arguments) {
        long[] handles = new long[arguments.length];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = arguments[i].getHandle();
        }
        return new IValue(PyTorchLibrary.LIB.moduleRunMethod(
                module.getHandle(), method, handles, NO_INFERENCE_MODE, DEFAULT_STREAM));
    }
}
