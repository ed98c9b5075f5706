package dev.septet.llm.cuda;

import dev.septet.settings.Setting;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The NVIDIA driver and cards of this machine, as the kernel module and nvidia-smi report them. It
 * does not load CUDA.
 *
 * @param version version of the driver such as {@code 560.35.03}; empty when none is loaded
 * @param cards the cards that the driver reports, in the order of their indices
 * @param unused PCI addresses of NVIDIA's graphics cards when no driver is loaded
 * @param problem why nvidia-smi reports no cards, in its own words; empty when it reports cards or is not installed
 */
public record NvidiaDriver(
        Optional<String> version, List<NvidiaCard> cards, List<String> unused, Optional<String> problem) {
    private static final Path MODULE = Path.of("proc/driver/nvidia");
    private static final Path PCI = Path.of("sys/bus/pci/devices");
    private static final Pattern VERSION = Pattern.compile("NVRM version:.*?\\s(\\d{3}\\.\\d+(?:\\.\\d+)?)\\s");
    private static final String VENDOR = "0x10de";

    /** VGA and 3D controllers; the sound device of a card has another class. */
    private static final Pattern GRAPHICS = Pattern.compile("0x030[02].*");

    private static final String PART = "MIG-";
    private static final String PROGRAM = "nvidia-smi";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final List<String> FIELDS = List.of("index", "uuid", "name", "driver_version", "compute_cap");

    /** A field that drivers before 510 do not know. */
    private static final String UNKNOWN_FIELD = "is not a valid field to query";

    public NvidiaDriver {
        cards = List.copyOf(cards);
        unused = List.copyOf(unused);
    }

    /** The driver of this machine. */
    public static NvidiaDriver here(Map<String, String> environment) {
        return read(Path.of("/"), environment);
    }

    /**
     * Reads a machine's driver.
     *
     * @param root the root of its file system
     * @param environment its {@code PATH} has nvidia-smi
     */
    public static NvidiaDriver read(Path root, Map<String, String> environment) {
        try {
            Optional<String> version = version(root.resolve(MODULE).resolve("version"));
            Answer answer = program(environment).map(NvidiaDriver::query).orElse(Answer.NONE);
            List<NvidiaCard> cards =
                    answer.cards.isEmpty() ? listed(root.resolve(MODULE).resolve("gpus")) : answer.cards;
            if (version.isEmpty()) {
                version = answer.version;
            }
            return new NvidiaDriver(
                    version, cards, version.isPresent() ? List.of() : graphics(root.resolve(PCI)), answer.problem);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what the NVIDIA driver reports", e);
        }
    }

    /**
     * The cards that a process with this environment can use, in its order: its first device is the
     * first of them. CUDA ignores all entries after one that it does not know. All cards when the
     * variable names parts of cards (MIG): which card a part belongs to is not known.
     *
     * @see <a href="https://docs.nvidia.com/cuda/cuda-programming-guide/05-appendices/environment-variables.html">CUDA
     *     environment variables</a>
     */
    public List<NvidiaCard> visible(Map<String, String> environment) {
        String chosen = Setting.CUDA_VISIBLE_DEVICES.value(environment);
        if (chosen == null || chosen.contains(PART)) {
            return cards;
        }
        List<NvidiaCard> visible = new ArrayList<>();
        for (String entry : chosen.split(",")) {
            Optional<NvidiaCard> card =
                    cards.stream().filter(one -> one.is(entry.strip())).findFirst();
            if (card.isEmpty()) {
                break;
            }
            visible.add(card.get());
        }
        return visible;
    }

    /** Whether the driver is at least this version, such as {@code 525.60.13}. */
    public boolean isAtLeast(String least) {
        return version.isPresent() && compare(version.get(), least) >= 0;
    }

    private static int compare(String one, String other) {
        String[] ones = one.split("\\.");
        String[] others = other.split("\\.");
        for (int i = 0; i < Math.max(ones.length, others.length); i++) {
            int difference = Integer.compare(part(ones, i), part(others, i));
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    private static int part(String[] parts, int i) {
        return i < parts.length ? Integer.parseInt(parts[i]) : 0;
    }

    private static Optional<String> version(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        Matcher version = VERSION.matcher(Files.readString(file) + "\n");
        return version.find() ? Optional.of(version.group(1)) : Optional.empty();
    }

    /** The folders of the kernel module are named after PCI addresses, which is the order of nvidia-smi too. */
    private static List<NvidiaCard> listed(Path folder) throws IOException {
        List<NvidiaCard> cards = new ArrayList<>();
        for (Path card : entries(folder)) {
            String text = Files.readString(card.resolve("information"));
            cards.add(new NvidiaCard(cards.size(), value(text, "GPU UUID"), value(text, "Model"), ""));
        }
        return cards;
    }

    private static String value(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    private static List<String> graphics(Path folder) throws IOException {
        List<String> addresses = new ArrayList<>();
        for (Path device : entries(folder)) {
            if (line(device.resolve("vendor")).equals(VENDOR)
                    && GRAPHICS.matcher(line(device.resolve("class"))).matches()) {
                addresses.add(String.valueOf(device.getFileName()));
            }
        }
        return addresses;
    }

    private static String line(Path file) throws IOException {
        return Files.isReadable(file) ? Files.readString(file).strip() : "";
    }

    private static List<Path> entries(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }

    /** The program nvidia-smi; empty when it is not installed. */
    static Optional<Path> program(Map<String, String> environment) {
        return Stream.of(Setting.PATH.text(environment).split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, PROGRAM))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    private static Answer query(Path program) {
        Answer answer = query(program, FIELDS);
        boolean old =
                answer.problem.filter(text -> text.contains(UNKNOWN_FIELD)).isPresent();
        return old ? query(program, FIELDS.subList(0, FIELDS.size() - 1)) : answer;
    }

    private static Answer query(Path program, List<String> fields) {
        List<String> command =
                List.of(program.toString(), "--query-gpu=" + String.join(",", fields), "--format=csv,noheader,nounits");
        try {
            Path output = Files.createTempFile("septet", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                process.getOutputStream().close();
                if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                    return Answer.problem(
                            String.format(Locale.ROOT, "it does not answer within %d s", LIMIT.toSeconds()));
                }
                String text = Files.readString(output, StandardCharsets.UTF_8).strip();
                return process.exitValue() == 0 ? Answer.of(text, fields.size()) : Answer.problem(text);
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            return Answer.problem(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.problem("interrupted");
        }
    }

    /** What nvidia-smi printed. */
    private record Answer(List<NvidiaCard> cards, Optional<String> version, Optional<String> problem) {
        static final Answer NONE = new Answer(List.of(), Optional.empty(), Optional.empty());

        static Answer problem(String text) {
            return new Answer(
                    List.of(),
                    Optional.empty(),
                    Optional.of(text.lines().findFirst().orElse("no output")));
        }

        static Answer of(String text, int fields) {
            List<NvidiaCard> cards = new ArrayList<>();
            Optional<String> version = Optional.empty();
            for (String line : text.lines().toList()) {
                String[] parts = line.split(",\\s*", -1);
                if (parts.length != fields || !parts[0].strip().matches("\\d+")) {
                    return problem(line);
                }
                cards.add(new NvidiaCard(
                        Integer.parseInt(parts[0].strip()),
                        parts[1].strip(),
                        parts[2].strip(),
                        fields == FIELDS.size() ? parts[4].strip() : ""));
                version = Optional.of(parts[3].strip());
            }
            return cards.isEmpty() ? problem(text) : new Answer(cards, version, Optional.empty());
        }
    }
}
