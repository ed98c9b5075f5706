package dev.septet.activities.deploy;

import dev.septet.dsl.pipeline.deploy.OllamaSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;

class OllamaTargetTest extends FolderTargetContract {
    @Override
    protected TargetSpec spec() {
        return new OllamaSpec("small", "out");
    }
}
