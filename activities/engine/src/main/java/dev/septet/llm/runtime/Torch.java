package dev.septet.llm.runtime;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;

/** libtorch in this process: its start, its threads, its scopes. */
public final class Torch {
    private static final ThreadLocal<Boolean> PREPARED = ThreadLocal.withInitial(() -> false);

    private Torch() {}

    /** A scope that owns tensors until it is closed; on the GPU when there is one. */
    public static NDManager newScope() {
        prepareThread();
        return Engine.getInstance().newBaseManager();
    }

    /** GPUs that libtorch can use; scopes are on the first one. */
    public static int gpus() {
        return Engine.getInstance().getGpuCount();
    }

    /** Threads that one operator uses ({@code -Dai.djl.pytorch.num_threads}, else the cores). */
    public static int threads() {
        prepareThread();
        return JniUtils.getNumThreads();
    }

    /**
     * A float32 tensor in libtorch's own memory. DJL's {@code create} leaves the values in a Java
     * buffer, whose alignment, and with it the kernels' last bits, change from run to run.
     */
    public static NDArray floats(NDManager scope, float[] values, Shape shape) {
        try (NDManager temporary = scope.newSubManager()) {
            NDArray copy = temporary.create(values, shape).duplicate();
            copy.attach(scope);
            return copy;
        }
    }

    /**
     * A tensor's bytes, row-major, copied into the host's memory outside the Java heap.
     *
     * @param scope owns the copy: its end is the bytes' end
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
     * Switches of libtorch that hold per thread. Idempotent and cheap.
     *
     * <p>The default graph optimiser rewrites a program after its first calls, so that the first
     * step's gradients differ in the last bits from later ones: a resumed run would not end in the
     * same bytes. Off, it is also faster here.
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

    /** Loads the engine once, without looking for files on the network, and settles its kernels. */
    private static final class Native {
        static {
            if (System.getProperty("ai.djl.offline") == null && System.getProperty("offline") == null) {
                System.setProperty("ai.djl.offline", "true");
            }
            settle(Engine.getInstance());
        }

        /**
         * Calls one function of MKL's vector library before several threads can.
         *
         * <p>The first call in a process, whichever function it is of, notes the processor's kind
         * in two writes without a lock. A thread that reads between them takes kernels that get
         * half of the digits right, for its part of that one call: cosines were off by 1e-4 in the
         * first step of one process in 25 on a crowded machine. So it is in oneMKL 2024.2, which is
         * in libtorch 2.7.1.
         *
         * @see <a href="https://github.com/pytorch/pytorch/issues/188792">the race, reported</a>
         */
        private static void settle(Engine engine) {
            try (NDManager scope = engine.newBaseManager(Device.cpu())) {
                scope.ones(new Shape(1)).cos();
            }
        }

        static void load() {}
    }
}
