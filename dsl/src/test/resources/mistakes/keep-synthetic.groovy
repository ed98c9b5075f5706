pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        keep 'parent'
        augment casing
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
