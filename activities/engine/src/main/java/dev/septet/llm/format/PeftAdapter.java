package dev.septet.llm.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A LoRA or DoRA adapter in PEFT's format: adapter_config.json and adapter_model.safetensors.
 *
 * @see <a href="https://huggingface.co/docs/peft/developer_guides/checkpoint">PEFT's checkpoint
 *     format</a>
 */
public final class PeftAdapter {
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";
    private static final String A = ".lora_A.weight";
    private static final String B = ".lora_B.weight";
    private static final String MAGNITUDE = ".lora_magnitude_vector";

    private final Path folder;
    private final AdapterConfig config;
    private final Map<String, LoraWeights> modules;

    private PeftAdapter(Path folder, AdapterConfig config, Map<String, LoraWeights> modules) {
        this.folder = folder;
        this.config = config;
        this.modules = Collections.unmodifiableMap(modules);
    }

    /** Name in the file of matrix A (rank, in) of a module. */
    public static String nameOfA(String module) {
        return PREFIX + module + A;
    }

    /** Name in the file of matrix B (out, rank) of a module. */
    public static String nameOfB(String module) {
        return PREFIX + module + B;
    }

    /** The module of a matrix B; the inverse of {@link #nameOfB}. */
    public static String moduleOfB(String name) {
        return name.substring(PREFIX.length(), name.length() - B.length());
    }

    /** Whether a tensor of this name is the matrix B of a module. */
    public static boolean isB(String name) {
        return name.endsWith(B);
    }

    /** Whether a tensor of this name is DoRA's magnitude of a module. */
    public static boolean isMagnitude(String name) {
        return name.endsWith(MAGNITUDE);
    }

    /** Name in the file of DoRA's magnitude (out) of a module. */
    public static String nameOfMagnitude(String module) {
        return PREFIX + module + MAGNITUDE;
    }

    /**
     * Opens an adapter's folder and maps its weights.
     *
     * @throws FormatProblem when a file is missing, damaged or a pickle, or has an unsupported
     *     option
     */
    public static PeftAdapter open(Path folder) {
        FolderRoot root = FolderRoot.open(folder);
        try {
            Optional<Path> weights = root.find(WEIGHTS);
            List<String> pickles = WeightFiles.pickles(root);
            if (weights.isEmpty() && !pickles.isEmpty()) {
                throw new FormatProblem(folder.resolve(pickles.get(0)), Pickles.REFUSAL);
            }
            Optional<Path> config = root.find(CONFIG);
            if (weights.isEmpty() || config.isEmpty()) {
                throw new FormatProblem(
                        folder, "is not a PEFT adapter, it lacks " + (config.isEmpty() ? CONFIG : WEIGHTS));
            }
            AdapterConfigReader reader = AdapterConfigReader.read(config.get());
            return new PeftAdapter(folder, reader.config(), modules(Safetensors.open(weights.get()), reader));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes an adapter. Tensor names come from {@link #nameOfA}, {@link #nameOfB} and {@link
     * #nameOfMagnitude}.
     */
    public static void write(Path folder, AdapterConfig config, List<TensorSource> tensors) throws IOException {
        Files.createDirectories(folder);
        List<TensorSource> sorted = tensors.stream()
                .sorted(Comparator.comparing(TensorSource::name))
                .toList();
        SafetensorsWriter.write(folder.resolve(WEIGHTS), Map.of("format", "pt"), sorted);
        ModelFolderWriter.json(folder.resolve(CONFIG), config.json());
    }

    public Path folder() {
        return folder;
    }

    public AdapterConfig config() {
        return config;
    }

    /** Adapted modules by name, sorted. */
    public Map<String, LoraWeights> modules() {
        return modules;
    }

    /** The adapter's weights for the base model's tensor with this name, if it has any. */
    public Optional<LoraWeights> of(String tensor) {
        return tensor.endsWith(".weight")
                ? Optional.ofNullable(modules.get(tensor.substring(0, tensor.length() - ".weight".length())))
                : Optional.empty();
    }

    /** Number of trained parameters. */
    public long parameters() {
        return modules.values().stream()
                .mapToLong(module -> module.a().elements() + module.b().elements() + elements(module.magnitude()))
                .sum();
    }

    private static long elements(@Nullable StoredTensor tensor) {
        return tensor == null ? 0 : tensor.elements();
    }

    private static Map<String, LoraWeights> modules(Safetensors weights, AdapterConfigReader reader) {
        TreeSet<String> left = new TreeSet<>(weights.names());
        Map<String, LoraWeights> modules = new TreeMap<>();
        for (String name : weights.names()) {
            if (name.startsWith(PREFIX) && name.endsWith(A)) {
                String module = name.substring(PREFIX.length(), name.length() - A.length());
                modules.put(module, module(weights, reader, module));
                left.removeAll(List.of(nameOfA(module), nameOfB(module), nameOfMagnitude(module)));
            }
        }
        if (!left.isEmpty()) {
            throw new FormatProblem(weights.file(), "holds tensors that no LoRA layer has: " + String.join(", ", left));
        }
        return modules;
    }

    private static LoraWeights module(Safetensors weights, AdapterConfigReader reader, String module) {
        StoredTensor a = weights.tensor(nameOfA(module));
        StoredTensor b = weights.tensor(nameOfB(module));
        StoredTensor magnitude = reader.config().dora() ? weights.tensor(nameOfMagnitude(module)) : null;
        boolean fits = a.shape().dimension() == 2
                && b.shape().dimension() == 2
                && a.shape().get(0) == b.shape().get(1)
                && a.shape().get(0) >= 1
                && (magnitude == null || magnitude.elements() == b.shape().get(0));
        if (!fits) {
            throw new FormatProblem(
                    weights.file(), "the shapes of " + module + " do not fit: A " + a.shape() + ", B " + b.shape());
        }
        int rank = (int) a.shape().get(0);
        return new LoraWeights(module, a, b, magnitude, reader.config().scale(rank, reader.alpha(module)));
    }
}
