pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { 
        freeze layers: 0..1
        model 'base'
    }
    train {
        method lora()
        steps 100
        stop patience: 3
        onNonFinite stop
        onWarning stop
        preserve l2sp: 0.1
        unfreeze gradually: 10.steps
        by command('trl')
    }
    evaluate { metric loss }
}
