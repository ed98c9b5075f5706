package dev.septet.activities.deploy.publication;

import dev.septet.dsl.pipeline.deploy.HuggingfaceSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files of a Hugging Face Hub repository: the merged model at its root, the adapter in a
 * separate folder, a model card for each, and the attributes that keep weights in large file
 * storage.
 *
 * @see <a href="https://huggingface.co/docs/hub/model-cards">Model cards</a>
 */
final class HuggingfaceFiles implements TargetFiles {
    private static final String CARD = "README.md";
    private static final String ATTRIBUTES = ".gitattributes";

    @Override
    public String type() {
        return "huggingface";
    }

    @Override
    public boolean handles(TargetSpec target) {
        return target instanceof HuggingfaceSpec;
    }

    @Override
    public Map<String, Path> files(TargetSpec target, Exported export, Path scratch) throws IOException {
        Map<String, Path> files = new TreeMap<>(export.documents());
        files.putAll(export.below(export.model(), ""));
        Path card = export.folder().resolve(CARD);
        if (export.hasAdapter()) {
            files.putAll(export.below(export.adapter(), "adapter/"));
            if (Files.exists(card)) {
                files.put("adapter/" + CARD, card);
            }
        }
        files.put(
                CARD,
                Files.writeString(
                        scratch.resolve(CARD),
                        merged(Files.exists(card) ? Files.readString(card) : "---\n---\n", export)));
        files.put(
                ATTRIBUTES,
                Files.writeString(scratch.resolve(ATTRIBUTES), "*.safetensors filter=lfs diff=lfs merge=lfs -text\n"));
        return files;
    }

    /** Adapts the card, which describes the evaluated adapter, to the merged model at the root. */
    private static String merged(String card, Exported export) {
        String text = card.replaceFirst("(?m)^base_model_relation: adapter$", "base_model_relation: finetune")
                .replaceFirst("(?m)^library_name: peft$", "library_name: transformers");
        StringBuilder use = new StringBuilder(text.endsWith("\n") ? text : text + "\n");
        use.append("\n## Use\n\nThe merged model is at the root");
        if (export.hasAdapter()) {
            use.append("; the adapter alone is in `adapter/`");
        }
        return use.append("""
            :

            ```python
            from transformers import AutoModelForCausalLM, AutoTokenizer

            model = AutoModelForCausalLM.from_pretrained("THIS_REPOSITORY")
            tokenizer = AutoTokenizer.from_pretrained("THIS_REPOSITORY")
            ```
            """).toString();
    }
}
