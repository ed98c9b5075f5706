package dev.septet.llm.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.MatrixProducts;
import dev.septet.llm.model.weights.Sublayers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every program calls only operators whose kernels on a card are deterministic, or that libtorch's
 * switch makes deterministic, and creates tensors only on the device of its arguments. The sources
 * are read; {@link EmulatedCardTest} runs them.
 */
class CudaOperatorsTest {
    private static final Path PROGRAMS = Path.of("src/main/resources");
    private static final Path JAVA = Path.of("src/main/java");
    private static final Path ROOT = Path.of("../..");

    /** A call of DJL that chooses a device. */
    private static final Pattern CHOICE = Pattern.compile(
            "\\bDevice\\.(?:cpu|gpu|of|fromName)\\(|\\btoDevice\\(|\\bnewBaseManager\\(|import ai\\.djl\\.Device;");

    private static final ModelConfig CONFIG = new ModelConfig(64, 2, 4, 2, 16, 160, 128, 128, 1e-5, 10_000, null, true);

    private static final Pattern COMMENT = Pattern.compile("(?m)#.*$");
    private static final Pattern FUNCTION = Pattern.compile("\\b(?:torch|ops\\.mkldnn)\\.(\\w+)\\(");
    private static final Pattern METHOD = Pattern.compile("(?<!self)(?<!torch)(?<!mkldnn)\\.(\\w+)\\(");
    private static final Set<String> OF_LISTS = Set.of("append", "extend", "pop");

    /** Functions that create a tensor from sizes and numbers. */
    private static final Pattern CREATION = Pattern.compile("\\btorch\\.(?:empty|zeros|ones|full|arange|tensor|eye"
            + "|linspace|logspace|rand\\w*|scalar_tensor|as_tensor|empty_strided|tril_indices|triu_indices"
            + "|\\w+_window|normal|from_file)\\(");

    private static final Pattern DEVICE = Pattern.compile("device=\\w+(?:\\[0])?\\.device\\b");
    private static final Pattern OTHER_DEVICE = Pattern.compile("torch\\.device\\(|\\.cpu\\(|\\.cuda\\(|new_\\w+\\(");

    @Test
    void programsCallOnlyOperatorsThatAreDeterministicOnACard() throws IOException {
        Map<String, Set<String>> found = new LinkedHashMap<>();
        programs().forEach((name, source) -> found.put(name, operators(source)));

        assertThat(found).hasSizeGreaterThan(15);
        found.forEach((name, operators) -> {
            assertThat(operators)
                    .as("%s: operators that have no deterministic kernel on a card", name)
                    .doesNotContainAnyElementsOf(CudaOperators.REFUSED);
            Set<String> unknown = new TreeSet<>(operators);
            unknown.removeAll(CudaOperators.SWITCHED);
            unknown.removeAll(CudaOperators.ORDERED);
            assertThat(unknown)
                    .as("%s: look these operators up in PyTorch's list, then add them to CudaOperators", name)
                    .isEmpty();
        });
    }

    @Test
    void programsCreateTensorsOnlyOnTheDeviceOfTheirArguments() throws IOException {
        programs()
                .forEach(
                        (name, source) -> assertThat(misplaced(source)).as(name).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return torch.zeros([x.size(0)], dtype=6, layout=None)",
                "return x + torch.arange(0, x.size(0), 1)",
                "return torch.full([1], float(x), dtype=6, layout=None, device=None)",
                "return x.to(torch.device(\"cpu\"))",
                "return x.cpu()"
            })
    void findsATensorOnAnotherDevice(String line) {
        assertThat(misplaced("def planted(self, x: Tensor) -> Tensor:\n    " + line))
                .hasSize(1);
    }

    @Test
    void findsAnOperatorWithoutADeterministicKernel() {
        assertThat(operators("def planted(self, x: Tensor) -> Tensor:\n    return x.cumsum(0) + torch.histc(x, 4)"))
                .containsExactlyInAnyOrder("cumsum", "histc")
                .allMatch(CudaOperators.REFUSED::contains);
    }

    /** All other scopes and tensors are on the device of their parents. */
    @Test
    void onlyTorchChoosesADevice() throws IOException {
        List<String> others = new ArrayList<>();
        int read = 0;
        for (Path module : modules()) {
            try (Stream<Path> files = Files.walk(module.resolve(JAVA))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    read++;
                    if (choosesADevice(Files.readString(file)) && !file.endsWith("llm/runtime/Torch.java")) {
                        others.add(file.toString());
                    }
                }
            }
        }
        assertThat(others).isEmpty();
        assertThat(read).isGreaterThan(1000);
        assertThat(choosesADevice(Files.readString(JAVA.resolve("dev/septet/llm/runtime/Torch.java"))))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "scope.zeros(shape, DataType.FLOAT32, ai.djl.Device.cpu())",
                "tensor.toDevice(other.getDevice(), false)",
                "scope.newSubManager(Device.fromName(\"cpu\"))",
                "NDManager.newBaseManager(Device.gpu(1))",
                "engine.newBaseManager()",
                "Device.of(\"gpu\", 0)"
            })
    void findsAChosenDevice(String line) {
        assertThat(choosesADevice(line)).isTrue();
        assertThat(choosesADevice("DeviceMemory.of(); scope.newSubManager(); slots.ofDevice(0)"))
                .isFalse();
    }

    private static boolean choosesADevice(String java) {
        return CHOICE.matcher(java).find();
    }

    /** Folders of this build with main code. */
    private static List<Path> modules() throws IOException {
        try (Stream<Path> folders = Files.find(
                ROOT, 3, (path, attributes) -> attributes.isDirectory() && Files.isDirectory(path.resolve(JAVA)))) {
            return folders.toList();
        }
    }

    /** The resources, and the parts that Java fills in. */
    private static Map<String, String> programs() throws IOException {
        Map<String, String> programs = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(PROGRAMS)) {
            files.filter(file -> file.toString().endsWith(".py"))
                    .sorted()
                    .forEach(file -> programs.put(file.toString(), text(file)));
        }
        for (MatrixProducts products : MatrixProducts.values()) {
            programs.put(products.name(), products.source().text());
        }
        for (ComputePrecision precision : ComputePrecision.values()) {
            programs.put(
                    "sublayers " + precision,
                    Sublayers.source(CONFIG, precision).text());
        }
        return programs;
    }

    private static Set<String> operators(String source) {
        String code = COMMENT.matcher(source).replaceAll("");
        Set<String> operators = new HashSet<>();
        for (Pattern pattern : List.of(FUNCTION, METHOD)) {
            pattern.matcher(code).results().forEach(call -> operators.add(call.group(1)));
        }
        operators.removeAll(OF_LISTS);
        return operators;
    }

    private static List<String> misplaced(String source) {
        String code = COMMENT.matcher(source).replaceAll("");
        List<String> misplaced = new ArrayList<>();
        OTHER_DEVICE.matcher(code).results().forEach(call -> misplaced.add(call.group()));
        Matcher creation = CREATION.matcher(code);
        while (creation.find()) {
            String call = code.substring(creation.start(), closing(code, creation.end()));
            if (!DEVICE.matcher(call).find()) {
                misplaced.add(call);
            }
        }
        return misplaced;
    }

    /** Index after the parenthesis that closes the one before {@code from}. */
    private static int closing(String code, int from) {
        int open = 1;
        int i = from;
        for (; open > 0; i++) {
            open += code.charAt(i) == '(' ? 1 : code.charAt(i) == ')' ? -1 : 0;
        }
        return i;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
