package dev.septet.activities.deploy;

import dev.septet.dsl.pipeline.deploy.DirectorySpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;

class DirectoryTargetTest extends FolderTargetContract {
    @Override
    protected TargetSpec spec() {
        return new DirectorySpec("out");
    }
}
