package dev.septet.examples.benchmarks.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A process that takes a training step for each line it reads, and prints JSON about the step. */
final class StepProcess implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PEAK = "VmHWM:";

    /** What a program answers when memory runs out, with the value {@code true}. */
    static final String OUT_OF_MEMORY = "outOfMemory";

    /** The program had too little memory. */
    static final class DoesNotFit extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private final Process process;
    private final BufferedWriter to;
    private final BufferedReader from;
    private long cardMemory;

    /** Starts the process and waits until it is ready for its first step. */
    StepProcess(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        process = builder.start();
        to = process.outputWriter(StandardCharsets.UTF_8);
        from = process.inputReader(StandardCharsets.UTF_8);
        try {
            read("ready");
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    Turn step() throws IOException {
        JsonNode answer = ask("", "seconds");
        cardMemory = Math.max(cardMemory, answer.path("cardMemory").asLong());
        return new Turn(
                answer.path("seconds").asDouble(),
                answer.path("tokens").asLong(),
                answer.path("loss").asDouble());
    }

    /** Mean loss per token on the held-out rows of {@link OurTraining}'s setup, in nats. */
    double heldOutLoss() throws IOException {
        return ask(OurTraining.LOOK, "heldOut").path("heldOut").asDouble();
    }

    private JsonNode ask(String line, String field) throws IOException {
        to.write(line);
        to.newLine();
        to.flush();
        return read(field);
    }

    /**
     * Peak memory since the start, in bytes: on a card what the process took there, as it reports it
     * after each step, else its peak resident memory, from the kernel.
     */
    long peakMemory() throws IOException {
        if (cardMemory > 0) {
            return cardMemory;
        }
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith(PEAK)) {
                return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("the kernel reports no " + PEAK + " of process " + process.pid());
    }

    /** Reads the next output line that is JSON with this field, and skips other lines. */
    private JsonNode read(String field) throws IOException {
        for (String line = from.readLine(); line != null; line = from.readLine()) {
            if (line.startsWith("{")) {
                JsonNode answer = JSON.readTree(line);
                if (answer.path(OUT_OF_MEMORY).asBoolean()) {
                    throw new DoesNotFit();
                }
                if (answer.has(field)) {
                    return answer;
                }
            }
        }
        throw new IOException("the process ended before it answered; its output is above");
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
