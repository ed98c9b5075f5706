package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.deploy.HuggingfaceSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Real transformers and peft load such a repository in the end-to-end tests. */
class HuggingfaceTargetTest extends FolderTargetContract {
    @Override
    protected TargetSpec spec() {
        return new HuggingfaceSpec("out");
    }

    @Test
    void laysOutARepository() throws IOException {
        Path folder = published("repository");
        assertThat(ModelFolder.open(folder).parameters()).isPositive();
        assertThat(PeftAdapter.open(folder.resolve("adapter")).modules()).isNotEmpty();
        assertThat(folder.resolve("README.md"))
                .content()
                .startsWith("""
                    ---
                    license: "mit"
                    base_model_relation: finetune
                    library_name: transformers
                    ---
                    """)
                .contains("## Use", "AutoModelForCausalLM", "the adapter alone is in `adapter/`");
        assertThat(folder.resolve("adapter/README.md"))
                .content()
                .contains("base_model_relation: adapter\nlibrary_name: peft\n");
        assertThat(folder.resolve(".gitattributes")).content().contains("*.safetensors filter=lfs");
    }
}
