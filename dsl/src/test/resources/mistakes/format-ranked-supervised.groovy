pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl', format: ranked
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
