package dev.septet.activities.deploy;

import dev.septet.dsl.spec.DirectorySpec;
import dev.septet.dsl.spec.TargetSpec;

class DirectoryTargetTest extends FolderTargetContract {
    @Override
    protected TargetSpec spec() {
        return new DirectorySpec("out");
    }
}
