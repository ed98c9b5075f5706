String.metaClass.toString = { new File('CANARY').text = 'x' }
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
