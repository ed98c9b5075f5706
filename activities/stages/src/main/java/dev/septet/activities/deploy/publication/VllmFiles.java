package dev.septet.activities.deploy.publication;

import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.dsl.pipeline.deploy.VllmSpec;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The files for vLLM: the merged model, its chat template, and a file of arguments for {@code vllm
 * serve --config vllm.yaml} in this folder. When there is an adapter, {@code vllm-lora.yaml} serves
 * it over the base model instead, and vLLM can load other adapters too.
 *
 * @see <a href="https://docs.vllm.ai/en/latest/configuration/serve_args.html">Configuration
 *     file</a>
 * @see <a href="https://docs.vllm.ai/en/latest/features/lora.html">LoRA</a>
 */
final class VllmFiles implements TargetFiles {
    static final String MERGED = "vllm.yaml";
    static final String LORA = "vllm-lora.yaml";

    private static final String TEMPLATE = "chat_template.jinja";

    /** LoRA ranks that vLLM has kernels for. */
    private static final int[] RANKS = {8, 16, 32, 64, 128, 256, 320, 512};

    @Override
    public String type() {
        return "vllm";
    }

    @Override
    public boolean handles(TargetSpec target) {
        return target instanceof VllmSpec;
    }

    @Override
    public Map<String, Path> files(TargetSpec target, Exported export, Path scratch) throws IOException {
        Map<String, Path> files = new TreeMap<>(export.documents());
        files.putAll(export.below(export.model(), "model/"));
        Optional<String> template = ModelFolder.open(export.model()).chatTemplate();
        if (template.isPresent()) {
            files.put(TEMPLATE, written(scratch, TEMPLATE, template.get()));
        }
        String common = (template.isPresent() ? "chat-template: ./%s\n".formatted(TEMPLATE) : "")
                + String.format(Locale.ROOT, "max-model-len: %d\n", export.context());
        files.put(
                MERGED,
                written(
                        scratch,
                        MERGED,
                        "# in this folder: vllm serve --config %s\nmodel: ./model\nserved-model-name: %s\n"
                                        .formatted(MERGED, export.name())
                                + common));
        if (export.hasAdapter()) {
            files.putAll(export.below(export.adapter(), "adapter/"));
            PeftAdapter adapter = PeftAdapter.open(export.adapter());
            if (!adapter.config().dora()) { // vLLM serves a DoRA model only in merged form
                files.put(LORA, written(scratch, LORA, lora(export, adapter) + common));
            }
        }
        return files;
    }

    private static String lora(Exported export, PeftAdapter adapter) throws IOException {
        return String.format(
                Locale.ROOT,
                """
            # in this folder: vllm serve --config %s
            # model: where the base model is%s
            model: %s
            enable-lora: true
            max-lora-rank: %d
            lora-modules:
              - %s=./adapter
            """,
                LORA,
                base(export),
                SpecJson.mapper().writeValueAsString(adapter.config().baseModel()),
                rank(adapter.config().rank()),
                export.name());
    }

    /** The name of the base model, as far as the scores contain it. */
    private static String base(Exported export) throws IOException {
        Path results = export.folder().resolve("results.json");
        String sha256 = Files.exists(results)
                ? SpecJson.mapper()
                        .readTree(results.toFile())
                        .path("lineage")
                        .path("base model")
                        .asText("")
                : "";
        return sha256.matches("[0-9a-f]{64}") ? "; its artifact was " + sha256 : "";
    }

    private static int rank(int needed) {
        for (int rank : RANKS) {
            if (rank >= needed) {
                return rank;
            }
        }
        return needed;
    }

    private static Path written(Path scratch, String name, String text) throws IOException {
        return Files.writeString(scratch.resolve(name), text);
    }
}
