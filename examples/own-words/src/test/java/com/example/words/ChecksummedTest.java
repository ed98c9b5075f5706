package com.example.words;

import dev.septet.activities.deploy.publication.TargetExtension;
import dev.septet.contract.TargetWordContract;

class ChecksummedTest extends TargetWordContract {
    @Override
    protected TargetExtension extension() {
        return new Checksummed();
    }
}
