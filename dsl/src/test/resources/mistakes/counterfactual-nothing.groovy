pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        counterfactual()
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
