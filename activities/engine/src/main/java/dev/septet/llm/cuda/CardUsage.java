package dev.septet.llm.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * What an NVIDIA card is doing, as nvidia-smi reports it. A figure is empty when the card does not report it.
 *
 * @param index number of the card in the output of nvidia-smi
 * @param usedBytes memory that processes use
 * @param totalBytes the whole memory
 * @param utilization share of the last moments in which the card computed, from 0 to 1
 * @param watts electric power
 */
public record CardUsage(
        int index,
        OptionalDouble usedBytes,
        OptionalDouble totalBytes,
        OptionalDouble utilization,
        OptionalDouble watts) {
    private static final String FIELDS = "index,memory.used,memory.total,utilization.gpu,power.draw";
    private static final int COUNT = 5;
    private static final long LIMIT_SECONDS = 10;
    private static final double MIB = 1 << 20;
    private static final double PERCENT = 100;

    /** The cards now; none without nvidia-smi, or when it does not answer. It takes up to a second. */
    public static List<CardUsage> read(Map<String, String> environment) {
        return NvidiaDriver.program(environment).map(CardUsage::read).orElse(List.of());
    }

    /** Whether this machine has nvidia-smi. */
    public static boolean known(Map<String, String> environment) {
        return NvidiaDriver.program(environment).isPresent();
    }

    private static List<CardUsage> read(Path program) {
        try {
            Path output = Files.createTempFile("septet", ".out");
            try {
                Process process = new ProcessBuilder(
                                program.toString(), "--query-gpu=" + FIELDS, "--format=csv,noheader,nounits")
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                process.getOutputStream().close();
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    return List.of();
                }
                return process.exitValue() == 0 ? parse(Files.readString(output, StandardCharsets.UTF_8)) : List.of();
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException unreadable) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** The cards of an output; lines of another form are left out. */
    static List<CardUsage> parse(String output) {
        List<CardUsage> cards = new ArrayList<>();
        for (String line : output.lines().toList()) {
            String[] parts = line.split(",", -1);
            if (parts.length == COUNT && parts[0].strip().matches("[0-9]{1,4}")) {
                cards.add(new CardUsage(
                        Integer.parseInt(parts[0].strip()),
                        number(parts[1], MIB),
                        number(parts[2], MIB),
                        number(parts[3], 1 / PERCENT),
                        number(parts[4], 1)));
            }
        }
        return cards;
    }

    private static OptionalDouble number(String text, double unit) {
        return Optional.of(text.strip())
                .filter(figure -> figure.matches("[0-9]{1,12}(\\.[0-9]{1,6})?"))
                .map(figure -> OptionalDouble.of(Double.parseDouble(figure) * unit))
                .orElse(OptionalDouble.empty());
    }
}
