package ai.djl.pytorch.jni;

import ai.djl.pytorch.engine.PtSymbolBlock;

/**
 * Calls a method of a TorchScript module in the calling thread's gradient mode.
 *
 * <p>DJL's public {@code IValueUtils.runMethod} always runs in inference mode, and a backward pass
 * cannot use inference tensors. The native call behind it takes the mode as an argument, but is
 * visible only in this package.
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
