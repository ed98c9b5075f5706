pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        counterfactual he: 'He'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
