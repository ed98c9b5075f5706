package dev.septet.llm.runtime;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import dev.septet.settings.Setting;
import java.nio.file.Path;
import java.util.Map;

/**
 * libtorch's switch for deterministic kernels on a card. DJL has no call for it, so this class calls
 * libtorch's C++ functions by their symbols.
 *
 * <p>With the switch, an operator that has no deterministic kernel fails instead of returning other
 * bits in each run. It also selects the deterministic backward pass of the fused attention kernels.
 * The CPU does not need it: its kernels are deterministic for a number of threads.
 *
 * @see <a href="https://docs.pytorch.org/docs/2.7/generated/torch.use_deterministic_algorithms.html">the operators
 *     that the switch affects</a>
 */
final class DeterministicKernels {
    private static final String CONTEXT = "_ZN2at13globalContextEv";

    /** {@code at::Context::setDeterministicAlgorithms(bool required, bool warnOnly)}. */
    private static final String REQUIRE = "_ZN2at7Context26setDeterministicAlgorithmsEbb";

    /** {@code at::Context::setDeterministicFillUninitializedMemory(bool)}. */
    private static final String FILL = "_ZN2at7Context39setDeterministicFillUninitializedMemoryEb";

    /** {@code at::Context::deterministicAlgorithms()}. */
    private static final String REQUIRED = "_ZNK2at7Context23deterministicAlgorithmsEv";

    /** Flags of {@code dlopen}: RTLD_LAZY, without RTLD_GLOBAL. */
    private static final int LAZY_AND_LOCAL = 1;

    private static final int YES = 1;
    private static final int NO = 0;
    private static final int BOOL = 0xff;

    private DeterministicKernels() {}

    /**
     * Requires deterministic kernels in this process. Tensors without values are not filled: no
     * program reads what it did not write.
     *
     * @throws UnsatisfiedLinkError when this libtorch does not have the functions
     */
    static void require() {
        NativeLibrary torch = torch();
        Pointer context = context(torch);
        torch.getFunction(REQUIRE).invokeVoid(new Object[] {context, YES, NO});
        torch.getFunction(FILL).invokeVoid(new Object[] {context, NO});
        // With the switch, libtorch refuses cuBLAS without this variable, and cuBLAS reads it when the first matrices
        // are multiplied. A value that is set stays.
        NativeLibrary.getInstance("c").getFunction("setenv").invokeInt(new Object[] {
            Setting.CUBLAS_WORKSPACE_CONFIG.variable(), Setting.CUBLAS_WORKSPACE_CONFIG.standard(), NO
        });
    }

    /** Whether this process requires deterministic kernels. */
    static boolean required() {
        NativeLibrary torch = torch();
        return (torch.getFunction(REQUIRED).invokeInt(new Object[] {context(torch)}) & BOOL) != 0;
    }

    /**
     * The library that DJL has loaded. JNA's default would make its symbols visible to libraries that are loaded later,
     * and one of them, llama.cpp, then aborts.
     */
    private static NativeLibrary torch() {
        return NativeLibrary.getInstance(
                Path.of(LibUtils.getLibtorchPath(), System.mapLibraryName("torch_cpu"))
                        .toString(),
                Map.of(Library.OPTION_OPEN_FLAGS, LAZY_AND_LOCAL));
    }

    private static Pointer context(NativeLibrary torch) {
        return torch.getFunction(CONTEXT).invokePointer(new Object[0]);
    }
}
