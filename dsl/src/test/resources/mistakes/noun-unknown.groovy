pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl', format: caht
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
