pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method lora()
        by kubernetes(command('trl')) { image 'trl; rm -rf'; namespace 'Kube_System'; nodes 0; gpus 1 }
    }
    evaluate { metric loss }
}
