pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        preserve replay: 10.percent, from: 'data/general.jsonl', rows: 50.rows
    }
}
