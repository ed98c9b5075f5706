package dev.septet.activities.deploy;

import dev.septet.dsl.spec.OllamaSpec;
import dev.septet.dsl.spec.TargetSpec;

class OllamaTargetTest extends FolderTargetContract {
    @Override
    protected TargetSpec spec() {
        return new OllamaSpec("small", "out");
    }
}
