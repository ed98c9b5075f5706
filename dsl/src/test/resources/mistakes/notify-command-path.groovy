pipeline('support') {
    notify command('/bin/rm'), on: failed
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
