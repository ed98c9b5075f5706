pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        label('topic', unlabelled: keep) {
            vote('billing') { row.prompt.contains('invoice') }
            vote('shipping') { row.prompt.contains('parcel') }
        }
        balance on: 'topic', by: oversample
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
