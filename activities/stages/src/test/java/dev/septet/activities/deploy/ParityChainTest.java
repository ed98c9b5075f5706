package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.deploy.chain.ChainEndpoint;
import dev.septet.activities.deploy.chain.ChainProbes;
import dev.septet.activities.deploy.chain.EndpointLink;
import dev.septet.activities.store.Disk;
import dev.septet.llm.format.AdapterMerge;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.ChainLink;
import dev.septet.workflows.artifact.ChainReport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Chains as they should be are proved, whole, with real llama.cpp at their end; a fault at any
 * hand-off is found there and not elsewhere.
 */
@Tag("long")
class ParityChainTest {
    private static final List<ElementType> TYPES = List.of(ElementType.F32, ElementType.BF16, ElementType.F16);

    @TempDir
    static Path root;

    private static SmallChain clean;

    @BeforeAll
    static void makeAChain() throws IOException {
        clean = new SmallChain(root.resolve("clean"), new SmallChain.Plan(2, 4, 8, ElementType.F32, true, false, false))
                .inputs()
                .exported();
    }

    /** Sixteen on random models, four on the repository's own. */
    static Stream<SmallChain.Plan> cleanChains() {
        return IntStream.rangeClosed(1, 20)
                .mapToObj(seed -> new SmallChain.Plan(
                        seed, 1 << (seed % 4), 2 << (seed % 3), TYPES.get(seed % 3), seed % 2 == 0, seed > 16, false));
    }

    @ParameterizedTest
    @MethodSource("cleanChains")
    void provesACleanChain(SmallChain.Plan plan, @TempDir Path folder) throws IOException {
        SmallChain chain = new SmallChain(folder, plan).inputs().exported();
        List<ChainReport> reports = new ArrayList<>(List.of(chain.proved()));
        reports.add(asked(chain, "model-f16.gguf"));
        if (plan.own() && plan.quantize()) {
            reports.add(asked(chain, "model-q8_0.gguf"));
            reports.add(asked(chain, "model-q4_k_m.gguf"));
        }
        for (ChainReport report : reports) {
            assertThat(report.broken().map(ChainCheck::sentence)).isEmpty();
            assertThat(report.checks()).hasSizeGreaterThan(1);
        }
        assertThat(reports.get(0).checks().stream().map(ChainCheck::link).distinct())
                .hasSize(plan.quantize() ? 4 : 3);
    }

    /** The repository's own model in 16 bits: its merge stays in them, and the chain bounds the rounding. */
    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"BF16", "F16"})
    void provesAMergeInTheBaseModelsType(ElementType type, @TempDir Path folder) throws IOException {
        SmallChain.Plan plan = new SmallChain.Plan(18, 4, 8, type, false, true, false);
        SmallChain chain = new SmallChain(folder, plan).inputs().exported(MergedType.BASE);

        ModelFolder merged = ModelFolder.open(chain.export().resolve("model"));
        assertThat(merged.tensors().values()).allMatch(tensor -> tensor.type() == type);
        ChainReport report = chain.proved();
        assertThat(report.broken().map(ChainCheck::sentence)).isEmpty();
        assertThat(report.checks())
                .extracting(ChainCheck::measure)
                .contains("divergence of the rounded merge, share of what the adapter changed");

        Path other = Files.createDirectories(folder.resolve("other"));
        for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.copy(chain.adapter().resolve(name), other.resolve(name));
        }
        Spoil.edit(other.resolve("adapter_config.json"), json -> json.put("lora_alpha", 9));
        new Disk().remove(merged.path());
        AdapterMerge.write(ModelFolder.open(chain.base()), PeftAdapter.open(other), merged.path(), null);
        ChainCheck broken = chain.proved().broken().orElseThrow();
        assertThat(broken.link()).isEqualTo(ChainLink.MERGED);
        assertThat(broken.measure()).startsWith("greatest error of a weight");
    }

    /** Evaluation numbers pairs; their tokens lie as two rows each. */
    @Test
    void provesAChainTrainedOnPairs(@TempDir Path folder) throws IOException {
        SmallChain.Plan plan = new SmallChain.Plan(2, 4, 8, ElementType.F32, true, false, true);
        ChainReport report = new SmallChain(folder, plan).inputs().exported().proved();
        assertThat(report.broken().map(ChainCheck::sentence)).isEmpty();
        assertThat(report.checks()).hasSizeGreaterThan(1);
    }

    @ParameterizedTest
    @EnumSource(SeededFault.class)
    void findsAFaultAtItsOwnLink(SeededFault fault, @TempDir Path folder) throws IOException {
        SmallChain spoilt = clean.copy(folder.resolve("spoilt"));
        fault.seed(spoilt);
        ChainReport report = fault.link() == ChainLink.ENDPOINT ? asked(spoilt, fault.served()) : spoilt.proved();
        ChainCheck broken = report.broken().orElseThrow();
        assertThat(broken.link()).as(broken.sentence()).isEqualTo(fault.link());
        assertThat(broken.sentence())
                .startsWith("link '%s' of the chain is broken: "
                        .formatted(fault.link().word()))
                .contains(fault.words())
                .contains(" is " + ChainCheck.number(broken.measured()) + ", allowed is ")
                .contains("; ");
        assertThat(report.checks().get(report.checks().size() - 1).holds()
                        || report.checks().stream()
                                        .filter(check -> !check.holds())
                                        .count()
                                == 1)
                .isTrue();
    }

    @Test
    void saysPlainlyWhatIsWrongWithAnEndpoint() throws IOException {
        EndpointLink link = link(clean);
        assertThatThrownBy(() -> link.verify(new ChainEndpoint(URI.create("http://127.0.0.1:1"), "m", null)))
                .hasMessage("nothing answers at http://127.0.0.1:1/v1; is the server started?");
        for (String address : List.of("ftp://here", "127.0.0.1:80", "http://a:b@here")) {
            assertThatThrownBy(() -> new ChainEndpoint(URI.create("x:" + address), "m", null))
                    .hasMessageContaining("is not an address of a server");
        }
    }

    private static ChainReport asked(SmallChain chain, String gguf) throws IOException {
        try (LlamaEndpoint served = new LlamaEndpoint(chain.export().resolve(gguf))) {
            return link(chain).verify(new ChainEndpoint(served.address(), "small", null));
        }
    }

    private static EndpointLink link(SmallChain chain) throws IOException {
        return new EndpointLink(
                chain.export().resolve("model"), chain.base(), ChainProbes.of(chain.root.resolve("dataset")), true);
    }
}
