pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        objective dpo()
        preserve replay: 10.percent, from: 'data/general.jsonl'
    }
}
