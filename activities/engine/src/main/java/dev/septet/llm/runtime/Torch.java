package dev.septet.llm.runtime;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import dev.septet.llm.cuda.CardMemory;
import dev.septet.llm.cuda.CudaLibtorch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.MemoryUsage;
import java.nio.ByteBuffer;
import java.util.Optional;

/** libtorch in this process: loading, threads and scopes. */
public final class Torch {
    /** The {@link #device} of a process without a usable card. */
    public static final String CPU = "cpu";

    private static final ThreadLocal<Boolean> PREPARED = ThreadLocal.withInitial(() -> false);

    private Torch() {}

    /** A scope that owns tensors until it is closed; on the GPU if there is one. */
    public static NDManager newScope() {
        prepareThread();
        return Engine.getInstance().newBaseManager();
    }

    /** Number of GPUs that libtorch can use; scopes are on the first one. Loads libtorch. */
    public static int gpus() {
        Native.load(); // first: whoever loads DJL without the CUDA runtime's folder computes on the CPU from then on
        Engine engine = Engine.getInstance();
        // DJL counts the cards with the CUDA runtime, which may be installed beside a CPU build.
        return engine.defaultDevice().isGpu() ? engine.getGpuCount() : 0;
    }

    /**
     * Memory of the card that scopes are on, as CUDA reports it; empty if they are on the CPU. What
     * libtorch keeps for later tensors counts as used. The first query takes some memory of the card
     * for this process.
     *
     * @throws OutOfMemory when the card has none for this process, or is busy
     */
    public static Optional<CardMemory> cardMemory() {
        if (gpus() == 0) {
            return Optional.empty();
        }
        try {
            MemoryUsage card = CudaUtils.getGpuMemory(Engine.getInstance().defaultDevice());
            return Optional.of(new CardMemory(card.getMax(), card.getMax() - card.getUsed()));
        } catch (EngineException e) {
            throw OutOfMemory.ofBusyCard(e);
        }
    }

    /** The device that scopes are on: {@code cuda:0} or {@code cpu}. */
    public static String device() {
        return gpus() > 0 ? "cuda:0" : CPU;
    }

    /** Gives the card's memory back that libtorch keeps for later tensors. Does nothing on the CPU. */
    public static void releaseCardMemory() {
        if (gpus() > 0) {
            JniUtils.emptyCudaCache();
        }
    }

    /** Number of threads per operator ({@code -Dai.djl.pytorch.num_threads}, or the number of cores). */
    public static int threads() {
        prepareThread();
        return JniUtils.getNumThreads();
    }

    /**
     * Creates a float32 tensor in libtorch's own memory. DJL's {@code create} leaves the values in
     * a Java buffer. Its alignment, and with it the last bits of kernels' results, changes from run
     * to run.
     */
    public static NDArray floats(NDManager scope, float[] values, Shape shape) {
        try (NDManager temporary = scope.newSubManager()) {
            NDArray copy = temporary.create(values, shape).duplicate();
            copy.attach(scope);
            return copy;
        }
    }

    /**
     * Copies a tensor's bytes, row-major, into off-heap host memory.
     *
     * @param scope owns the copy; the buffer is invalid after the scope is closed
     * @throws OutOfMemory when the copy does not fit
     */
    public static ByteBuffer hostCopy(NDManager scope, NDArray tensor) {
        try (NDArray flat = tensor.flatten()) {
            NDArray copy =
                    tensor.getDevice().equals(Device.cpu()) ? flat.duplicate() : flat.toDevice(Device.cpu(), true);
            copy.attach(scope);
            return copy.toByteBuffer(true);
        } catch (EngineException e) {
            throw OutOfMemory.orSame(e);
        }
    }

    /**
     * Sets libtorch's per-thread options. Idempotent and cheap.
     *
     * <p>The default graph optimizer rewrites a program after its first calls. The first step's
     * gradients would then differ in the last bits from later ones, and a resumed run would not
     * produce the same bytes. Disabling it is also faster here.
     */
    static void prepareThread() {
        if (PREPARED.get()) {
            return;
        }
        Native.load();
        JniUtils.setGraphExecutorOptimize(false);
        JniUtils.setGradMode(false);
        PREPARED.set(true);
    }

    /** Loads the engine once, without network access, and settles its kernels. */
    private static final class Native {
        static {
            if (System.getProperty("ai.djl.offline") == null && System.getProperty("offline") == null) {
                System.setProperty("ai.djl.offline", "true");
            }
            try {
                CudaLibtorch.prepare(System.getenv());
            } catch (IOException e) {
                throw new UncheckedIOException("cannot prepare DJL's cache folder", e);
            }
            Engine engine = Engine.getInstance();
            if (engine.defaultDevice().isGpu()) {
                DeterministicKernels.require();
            }
            warmUp(engine);
        }

        /**
         * Calls one function of MKL's vector library before several threads can.
         *
         * <p>The first call of any of its functions in a process stores the processor type in two
         * writes without a lock. A thread that reads between them uses kernels that compute only
         * half of the digits, for its part of that one call. On a busy machine, cosines were off by
         * 1e-4 in the first step of one process in 25. This is the case in oneMKL 2024.2, which is
         * in libtorch 2.7.1.
         *
         * @see <a href="https://github.com/pytorch/pytorch/issues/188792">the race, reported</a>
         */
        private static void warmUp(Engine engine) {
            try (NDManager scope = engine.newBaseManager(Device.cpu())) {
                scope.ones(new Shape(1)).cos();
            }
        }

        static void load() {}
    }
}
