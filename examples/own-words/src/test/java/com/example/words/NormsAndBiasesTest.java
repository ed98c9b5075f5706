package com.example.words;

import dev.septet.activities.train.MethodExtension;
import dev.septet.contract.MethodWordContract;

class NormsAndBiasesTest extends MethodWordContract {
    @Override
    protected MethodExtension extension() {
        return new NormsAndBiases();
    }
}
