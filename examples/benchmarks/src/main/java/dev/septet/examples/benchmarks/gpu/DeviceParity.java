package dev.septet.examples.benchmarks.gpu;

import dev.septet.examples.benchmarks.TemporaryFolder;
import dev.septet.llm.runtime.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Compares the engine on this machine's device with the engine on the CPU, and two runs on the
 * device with each other. Prints a table in Markdown.
 */
public final class DeviceParity {
    private static final double FLOAT32 = 1e-3;
    private static final double BF16 = 5e-2;

    private DeviceParity() {}

    /**
     * Usage: {@code DeviceParity MODEL STEPS DEVICE}. MODEL is a model folder; DEVICE is {@code cpu} or
     * {@code cuda}. Exits with 1 if the engine computes on another device, if a loss differs too much
     * from the CPU's, or if two runs on the device give different bytes.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("septet-parity");
        boolean holds;
        try {
            holds = compare(arguments, folder);
        } finally {
            TemporaryFolder.delete(folder);
        }
        System.exit(holds ? 0 : 1);
    }

    private static boolean compare(String[] arguments, Path folder) throws IOException, InterruptedException {
        DeviceRun first = run(arguments, folder.resolve("first"), arguments[2]); // first: it may find another device
        DeviceRun second = run(arguments, folder.resolve("second"), arguments[2]);
        DeviceRun cpu = run(arguments, folder.resolve("cpu"), Torch.CPU);
        System.out.printf(
                "%s compared with the CPU, %s steps%n%n| method | precision | largest relative difference of a loss"
                        + " | equal answers | two runs |%n| --- | --- | --- | --- | --- |%n",
                first.device(), arguments[1]);
        boolean holds = true;
        for (int i = 0; i < first.trained().size(); i++) {
            DeviceRun.Trained here = first.trained().get(i);
            DeviceRun.Trained there = same(cpu, here);
            boolean equal = here.digest().equals(second.trained().get(i).digest());
            double difference = there == null ? Double.NaN : difference(here.losses(), there.losses());
            boolean near = there == null || difference <= (here.precision().equals("bf16") ? BF16 : FLOAT32);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %s |%n",
                    here.method(),
                    here.precision(),
                    there == null ? "not on this CPU" : String.format(Locale.ROOT, "%.1e", difference),
                    there == null ? "" : equalAnswers(here, there),
                    equal ? "equal bytes" : "**different bytes**");
            holds &= equal && near;
        }
        return holds;
    }

    /** The same training on the CPU; null when the CPU does not support its precision. */
    private static DeviceRun.@org.jspecify.annotations.Nullable Trained same(DeviceRun run, DeviceRun.Trained one) {
        return run.trained().stream()
                .filter(other ->
                        other.method().equals(one.method()) && other.precision().equals(one.precision()))
                .findFirst()
                .orElse(null);
    }

    private static double difference(List<Double> ones, List<Double> others) {
        double largest = 0;
        for (int i = 0; i < ones.size(); i++) {
            largest = Math.max(largest, Math.abs(ones.get(i) - others.get(i)) / others.get(i));
        }
        return largest;
    }

    private static String equalAnswers(DeviceRun.Trained one, DeviceRun.Trained other) {
        int equal = 0;
        for (int i = 0; i < one.answers().size(); i++) {
            equal += Arrays.equals(one.answers().get(i), other.answers().get(i)) ? 1 : 0;
        }
        return String.format(Locale.ROOT, "%d of %d", equal, one.answers().size());
    }

    private static DeviceRun run(String[] arguments, Path folder, String device)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path result = folder.resolve("result.json");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "-Doffline=true",
                "-Dai.djl.pytorch.num_threads=" + Integer.getInteger("ai.djl.pytorch.num_threads", 1),
                "-cp",
                System.getProperty("java.class.path"),
                DeviceRun.class.getName(),
                arguments[0],
                arguments[1],
                device,
                folder.toString(),
                result.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD) // the table is on this process's
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        if (device.equals(Torch.CPU)) {
            builder.environment().put("CUDA_VISIBLE_DEVICES", "");
        }
        int status = builder.start().waitFor();
        if (status != 0) {
            throw new IOException("the process of " + folder + " ended with " + status + "; its output is above");
        }
        return DeviceRun.read(result);
    }
}
