evaluate("new File('CANARY').createNewFile()")
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
