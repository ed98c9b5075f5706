package dev.septet.llm.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.sun.jna.NativeLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fresh process has chosen its kernels before several threads may call one.
 *
 * <p>MKL's vector functions read {@code MKL_VML_DEBUG_CPU_TYPE} when they choose. The process sets
 * it to what a thread sees that reads amid the choice (9, unmapped: the least accurate kernels),
 * but only when the engine has started. It has an effect exactly when the choice is still to be
 * made.
 */
class FirstKernelTest {
    private static final String AMID_THE_CHOICE = "9";
    private static final int ANGLES = 10_000;

    @TempDir
    Path temporary;

    @Test
    void areChosenWhenTheEngineHasStarted() throws Exception {
        Path log = temporary.resolve("process.log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FirstKernelTest.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int status = process.waitFor();
        assertThat(status).as(Files.readString(log)).isZero();
    }

    /** The fresh process: ends with 1 when its first cosines are not accurate to float32. */
    public static void main(String[] arguments) {
        try (NDManager scope = Torch.newScope()) {
            int failed = NativeLibrary.getProcess()
                    .getFunction("setenv")
                    .invokeInt(new Object[] {"MKL_VML_DEBUG_CPU_TYPE", AMID_THE_CHOICE, 1});
            double error = error(scope);
            System.out.printf("setenv %d, largest error %g%n", failed, error);
            System.exit(failed == 0 && error < 1e-6 ? 0 : 1);
        }
    }

    /** Largest error of cosines that all threads share. */
    private static double error(NDManager scope) {
        float[] angles = new float[ANGLES];
        for (int i = 0; i < ANGLES; i++) {
            angles[i] = i * 0.01f;
        }
        NDArray cosines = Torch.floats(scope, angles, new Shape(ANGLES)).cos();
        float[] found = cosines.toFloatArray();
        double error = 0;
        for (int i = 0; i < ANGLES; i++) {
            error = Math.max(error, Math.abs(found[i] - StrictMath.cos(angles[i])));
        }
        return error;
    }
}
