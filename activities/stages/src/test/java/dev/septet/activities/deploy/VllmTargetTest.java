package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.dsl.pipeline.deploy.VllmSpec;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class VllmTargetTest extends FolderTargetContract {
    @Override
    protected TargetSpec spec() {
        return new VllmSpec("out");
    }

    @Test
    void saysTheExactArguments() throws IOException {
        Path folder = published("arguments");
        assertThat(folder.resolve("vllm.yaml")).hasContent("""
            # in this folder: vllm serve --config vllm.yaml
            model: ./model
            served-model-name: small
            chat-template: ./chat_template.jinja
            max-model-len: 256
            """);
        assertThat(folder.resolve("vllm-lora.yaml")).content().matches("""
            # in this folder: vllm serve --config vllm-lora.yaml
            # model: where the base model is; its artifact was [0-9a-f]{64}
            model: "small-base"
            enable-lora: true
            max-lora-rank: 8
            lora-modules:
              - small=./adapter
            chat-template: ./chat_template.jinja
            max-model-len: 256
            """);
        assertThat(ModelFolder.open(folder.resolve("model")).parameters()).isPositive();
        assertThat(PeftAdapter.open(folder.resolve("adapter")).modules()).isNotEmpty();
        assertThat(folder.resolve("chat_template.jinja"))
                .hasContent(
                        ModelFolder.open(folder.resolve("model")).chatTemplate().orElseThrow());
    }
}
