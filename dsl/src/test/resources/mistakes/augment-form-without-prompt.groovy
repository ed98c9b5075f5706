pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        augment template, forms: ['Please help']
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
